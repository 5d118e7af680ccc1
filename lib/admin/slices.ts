import { setImmediate as nextTurn } from 'node:timers/promises';

/** Items to look at without letting anything else run: about a millisecond of light work. */
export const SLICE = 4_000;

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
  for (let start = 0; start < items.length; start += SLICE) {
    runs.push(items.slice(start, start + SLICE).sort(compare));
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
    if (merged.length % (4 * SLICE) === 0) await nextTurn();
  }
  for (; i < a.length; i += 1) merged.push(a[i] as Item);
  for (; j < b.length; j += 1) merged.push(b[j] as Item);
  return merged;
}
