import { setImmediate as nextTurn } from 'node:timers/promises';

/** Items to look at without letting anything else run: about a millisecond of light work. */
export const SLICE = 4_000;

/** Looks at every item, and lets everything else run every few thousand. */
export async function forEachInSlices<Item>(
  items: Iterable<Item>,
  visit: (item: Item) => void,
  size = SLICE,
): Promise<void> {
  if (Array.isArray(items)) return forEachOf(items, visit, size);
  let left = size;
  for (const item of items) {
    visit(item);
    left -= 1;
    if (left > 0) continue;
    await nextTurn();
    left = size;
  }
}

/**
 * The same by index: an iterator leaves an object behind for each item. Of 50,000 keys, looked at every few seconds,
 * that is enough garbage for V8 to keep all of its space for new objects while nothing else goes on.
 */
async function forEachOf<Item>(
  items: readonly Item[],
  visit: (item: Item) => void,
  size: number,
): Promise<void> {
  for (let index = 0; index < items.length; index += 1) {
    visit(items[index] as Item);
    if ((index + 1) % size === 0) await nextTurn();
  }
}

/** Which part of a sorted list is wanted, and by what it is sorted. */
export interface SortedPart<Item> {
  readonly valueOf: (item: Item) => number;
  readonly order: 'asc' | 'desc';
  readonly start: number;
  readonly size: number;
}

/**
 * One part of the list in order of a number; equal ones in their order in the list, or against it. Takes every value
 * once, at the beginning. Only numbers are sorted, which costs a tenth of sorting items, and then the few items of the
 * part.
 */
export async function sortedPart<Item>(items: readonly Item[], part: SortedPart<Item>): Promise<Item[]> {
  const { order, valueOf, start, size } = part;
  const end = Math.min(start + size, items.length);
  if (start >= end) return [];
  const [inOrder, sign] = order === 'asc' ? [items, 1] : [items.toReversed(), -1];
  const values = new Float64Array(items.length);
  let index = 0;
  await forEachInSlices(inOrder, (item) => {
    values[index] = sign * valueOf(item);
    index += 1;
  });
  const sorted = values.slice().sort();
  const [first = 0, last = 0] = [sorted[start], sorted[end - 1]];
  // Of the items with the first and the last value some may lie before and after the part.
  let toSkip = start - sorted.indexOf(first);
  let lastLeft = end - Math.max(start, sorted.indexOf(last));
  const inPart: { readonly item: Item; readonly value: number }[] = [];
  index = 0;
  await forEachInSlices(inOrder, (item) => {
    const value = values[index] ?? 0;
    index += 1;
    if (value < first || value > last) return;
    if (value === first && toSkip > 0) {
      toSkip -= 1;
      return;
    }
    if (value === last) {
      if (lastLeft === 0) return;
      lastLeft -= 1;
    }
    inPart.push({ item, value });
  });
  return inPart.sort((a, b) => a.value - b.value).map(({ item }) => item);
}
