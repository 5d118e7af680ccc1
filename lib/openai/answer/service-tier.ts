import { isFields, parsed, text } from '../json/json-fields';
import { tierNamed, type TokenCounts, type Usage } from './token-counts';
import { closedBehind } from './usage-places';

const TIER_KEY = Buffer.from('"service_tier"');
/** The longest word of a tier, and what stands around it. */
const VALUE_BYTES = 48;
const VALUE = /^\s*:\s*"([^"\\]*)"/;
/** A client may put members of this name into what the provider repeats, but not many. */
const CANDIDATES_MAX = 16;
/** What nobody can tell has no price. */
const UNKNOWN = 'unknown';

/**
 * The counts with the way in which the answer says it was served: OpenAI tells it beside the usage. `json`: the whole
 * text, asked for only where anything but the usual way is named; undefined if it is not there whole.
 */
export function withTier(counts: TokenCounts, bytes: Buffer, json: () => string | undefined): TokenCounts {
  if (counts.tier !== '' || !namesAnother(bytes)) return counts;
  const whole = json();
  return { ...counts, tier: whole === undefined ? UNKNOWN : tierIn(parsed(whole)) };
}

/** The same of both ends, or the last, of a text that is too long to be there whole. `closers`: as for its usage. */
export function withTierAtEnd(
  counts: TokenCounts,
  bytes: Buffer,
  closers: ReadonlySet<string | undefined>,
): TokenCounts {
  if (counts.tier !== '') return counts;
  let key = bytes.lastIndexOf(TIER_KEY);
  for (let seen = 0; key !== -1 && seen < CANDIDATES_MAX; seen += 1) {
    const start = key + TIER_KEY.length;
    const found = VALUE.exec(bytes.toString('latin1', start, start + VALUE_BYTES));
    if (found !== null && closers.has(closedBehind(bytes, start + found[0].length))) {
      return { ...counts, tier: tierNamed(found[1]) };
    }
    key = key === 0 ? -1 : bytes.lastIndexOf(TIER_KEY, key - 1);
  }
  return counts;
}

/** Costs a native search where nothing is told. */
function namesAnother(bytes: Buffer): boolean {
  let key = bytes.indexOf(TIER_KEY);
  for (let seen = 0; key !== -1; seen += 1) {
    if (seen >= CANDIDATES_MAX) return true;
    const start = key + TIER_KEY.length;
    const value = VALUE.exec(bytes.toString('latin1', start, start + VALUE_BYTES))?.[1];
    if (tierNamed(value) !== '') return true;
    key = bytes.indexOf(TIER_KEY, start);
  }
  return false;
}

/** On top, or in the response that an event tells of. A member of this name elsewhere is a client's. */
function tierIn(answer: unknown): string {
  if (!isFields(answer)) return UNKNOWN;
  const { response } = answer;
  return tierNamed(answer.service_tier ?? (isFields(response) ? response.service_tier : undefined));
}

const BATCH_MARK = Buffer.from('"batch"');
const HEAD_BYTES = 512;

/** Whether this may be a batch, which tells what all of its requests used together. */
export function isBatch(bytes: Buffer): boolean {
  const mark = bytes.indexOf(BATCH_MARK);
  return mark !== -1 && mark < HEAD_BYTES;
}

export function batchIn(answer: unknown): Partial<Usage> {
  if (!isFields(answer) || answer.object !== 'batch') return {};
  const model = text(answer.model);
  return { tier: 'batch', ...(model !== undefined && { model }) };
}
