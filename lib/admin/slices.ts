import { setImmediate as nextTurn } from 'node:timers/promises';

/** Items to look at without letting anything else run: about a millisecond of light work. */
export const SLICE = 4_000;
/** The same where each item is compared a dozen times. */
const SORT_SLICE = 1_000;

/** Looks at every item, and lets everything else run every few thousand. */
export async function forEachInSlices<Item>(
  items: Iterable<Item>,
  visit: (item: Item) => void,
  size = SLICE,
): Promise<void> {
  let left = size;
  for (const item of items) {
    visit(item);
    left -= 1;
    if (left > 0) continue;
    await nextTurn();
    left = size;
  }
}

/** The items in order; ties stay as they were. Sorts runs of a few thousand and merges them, and lets everything else run. */
export async function sortInSlices<Item>(
  items: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Promise<Item[]> {
  let runs: Item[][] = [];
  for (let start = 0; start < items.length; start += SORT_SLICE) {
    runs.push(items.slice(start, start + SORT_SLICE).sort(compare));
    await nextTurn();
  }
  while (runs.length > 1) {
    const merged: Item[][] = [];
    for (let index = 0; index < runs.length; index += 2) {
      const [a = [], b] = runs.slice(index, index + 2);
      merged.push(b === undefined ? a : await merge(a, b, compare));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<Item>(
  a: readonly Item[],
  b: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Promise<Item[]> {
  const merged: Item[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] as Item, b[j] as Item];
    if (compare(x, y) <= 0) {
      merged.push(x);
      i += 1;
    } else {
      merged.push(y);
      j += 1;
    }
    if (merged.length % SORT_SLICE === 0) await nextTurn();
  }
  for (; i < a.length; i += 1) merged.push(a[i] as Item);
  for (; j < b.length; j += 1) merged.push(b[j] as Item);
  return merged;
}

/** Which part of a sorted list is wanted, and by what it is sorted. */
export interface SortedPart<Item> {
  readonly valueOf: (item: Item) => number;
  /** Decides between equal values, ascending. */
  readonly compareEqual: (a: Item, b: Item) => number;
  readonly order: 'asc' | 'desc';
  readonly start: number;
  readonly size: number;
}

/**
 * One part of the list in order of a number. Takes every value once, at the beginning. Only numbers are sorted, which costs
 * a tenth of sorting items, and then the few items whose values lie in the part.
 */
export async function sortedPart<Item>(items: readonly Item[], part: SortedPart<Item>): Promise<Item[]> {
  const { valueOf, compareEqual, start, size } = part;
  const sign = part.order === 'asc' ? 1 : -1;
  const end = Math.min(start + size, items.length);
  if (start >= end) return [];
  const values = new Float64Array(items.length);
  let index = 0;
  await forEachInSlices(items, (item) => {
    values[index] = sign * valueOf(item);
    index += 1;
  });
  const sorted = values.slice().sort();
  const [first = 0, last = 0] = [sorted[start], sorted[end - 1]];
  const inPart: { readonly item: Item; readonly value: number }[] = [];
  let before = 0;
  index = 0;
  await forEachInSlices(items, (item) => {
    const value = values[index] ?? 0;
    index += 1;
    if (value < first) before += 1;
    else if (value <= last) inPart.push({ item, value });
  });
  const ordered = await sortInSlices(
    inPart,
    (a, b) => a.value - b.value || sign * compareEqual(a.item, b.item),
  );
  return ordered.slice(start - before, end - before).map(({ item }) => item);
}
