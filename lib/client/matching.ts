/** How well a text answers a search; 0 is not at all. */
function rankOf(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  if (at === 0) return text.length === word.length ? 4 : 3;
  return /[\s\p{P}]/u.test(text.charAt(at - 1)) ? 2 : 1;
}

/** One spelling of a text for comparison: case, full width and accents make no difference. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

export interface Matched {
  readonly label: string;
  /** Other words that it is found by. */
  readonly words?: readonly string[];
}

/**
 * Those that have every word of the search in their label or among their words, the best first: a whole name, a
 * beginning, the beginning of a word, anything else; a label counts more than other words. Equal ones keep their order.
 * An empty search finds all of them.
 */
export function matching<T extends Matched>(items: readonly T[], search: string): T[] {
  const wanted = folded(search)
    .split(/\s+/)
    .filter((word) => word !== '');
  const ranked = items.map((item) => ({ item, rank: rankOfAll(item, wanted) }));
  return ranked
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .map(({ item }) => item);
}

function rankOfAll({ label, words = [] }: Matched, wanted: readonly string[]): number {
  const [own, ...others] = [label, ...words].map(folded);
  let sum = 1;
  for (const word of wanted) {
    const rank = Math.max(rankOf(own ?? '', word) * 2, ...others.map((text) => rankOf(text, word)));
    if (rank === 0) return 0;
    sum += rank;
  }
  return sum;
}

/** Ids of requests by the gateway and by providers, as one copies them. */
const REQUEST_ID = /^(?:req|resp|chatcmpl|cmpl|msg|gen|run|batch)[-_][\w.:-]{6,128}$/;

export function isRequestId(text: string): boolean {
  return REQUEST_ID.test(text);
}

const SHORT_MAX = 20;

/**
 * It may be a key or a token: one word, and longer than what is shown of them. Such a text has no place in an address,
 * which ends up in logs and in histories.
 */
export function maybeSecret(text: string): boolean {
  return text.length > SHORT_MAX && !/\s/.test(text) && !isRequestId(text);
}
