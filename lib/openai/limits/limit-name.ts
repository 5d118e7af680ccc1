import type { SeenLimit } from '../../balancer/limits/seen-limits';

/** What the name of a header says of the limit that it speaks of. */
export interface LimitName {
  readonly field: 'limit' | 'remaining' | 'reset' | 'span';
  /** Headers of one limit have it in common. */
  readonly group: string;
  readonly of: SeenLimit['of'];
  /** Of tokens: whether the request's or the answer's alone are counted. */
  readonly part: 'whole' | 'input' | 'output';
  readonly spanMs: number | undefined;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

type Word = Partial<Pick<LimitName, 'field' | 'of' | 'part' | 'spanMs'>>;

/** Neither tells a kind: whose limit it is, or how the provider counts. */
const BESIDE: Word = {};
const WORDS: ReadonlyMap<string, Word> = new Map<string, Word>([
  ['limit', { field: 'limit' }],
  ['remaining', { field: 'remaining' }],
  ['reset', { field: 'reset' }],
  // Azure and GitHub Models.
  ['renewalperiod', { field: 'span' }],
  ['requests', { of: 'requests' }],
  ['req', { of: 'requests' }],
  ['tokens', { of: 'tokens' }],
  ['input', { part: 'input' }],
  ['prompt', { part: 'input' }],
  ['output', { part: 'output' }],
  ['generated', { part: 'output' }],
  ['second', { spanMs: 1_000 }],
  ['minute', { spanMs: MINUTE_MS }],
  ['hour', { spanMs: HOUR_MS }],
  ['day', { spanMs: DAY_MS }],
  ['month', { spanMs: 30 * DAY_MS }],
  ...['project', 'usage', 'based', 'dynamic', 'cache', 'adjusted'].map((word): [string, Word] => [
    word,
    BESIDE,
  ]),
]);

const PREFIX = /^(?:x-|(anthropic)-)?(?:rate-?limit|(ratelimitbysize|tokenlimit))-/;
const SEPARATOR = /[-_]/;

/** Names come from outside, so only short ones are read, and only so many are remembered. */
const NAME_LENGTH_MAX = 100;
const KNOWN_MAX = 256;
const known = new Map<string, LimitName | undefined>();

/**
 * Of a name in lower case. Undefined for one with a word that is not known: it may count images, or tell what a request
 * has cost.
 */
export function limitName(name: string): LimitName | undefined {
  if (name.length > NAME_LENGTH_MAX) return undefined;
  const remembered = known.get(name);
  if (remembered !== undefined || known.has(name)) return remembered;
  const read = readName(name);
  if (known.size < KNOWN_MAX) known.set(name, read);
  return read;
}

function readName(name: string): LimitName | undefined {
  const prefix = PREFIX.exec(name);
  if (prefix === null) return undefined;
  const [start, anthropic, ofTokens] = prefix;
  const words = name.slice(start.length).split(SEPARATOR);
  const told = toldBy(words);
  if (told?.field === undefined) return undefined;
  const { field, part = 'whole' } = told;
  const beside = words.filter((word) => WORDS.get(word)?.field === undefined);
  return {
    field,
    group: start + beside.join('-'),
    of: told.of ?? (part === 'whole' && ofTokens === undefined ? 'requests' : 'tokens'),
    part,
    // Anthropic counts by the minute.
    spanMs: told.spanMs ?? (anthropic === undefined ? undefined : MINUTE_MS),
  };
}

/** Undefined if a word is not known, or two contradict each other. */
function toldBy(words: readonly string[]): Word | undefined {
  let told: Word = {};
  for (const text of words) {
    const word = WORDS.get(text);
    if (word === undefined || Object.keys(word).some((one) => one in told)) return undefined;
    told = { ...told, ...word };
  }
  return told;
}
