'use client';
import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, type RefObject } from 'react';
import { useEarlyScroll } from './use-early-scroll';
import type { VirtualTableProps } from './virtual-table-props';
import { HEADER_HEIGHT } from './virtual-table-header';

/** What a screen may show, until the size of this one is known. */
const FIRST_RECT = { width: 1_000, height: 720 };

type Rows<T> = Pick<VirtualTableProps<T>, 'rowCount' | 'onRange'>;

interface Options {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly rowHeight: number;
  /** The row that stays in the page wherever one scrolls. */
  readonly keptIndex: number | undefined;
}

/** The rows that are to be in the page: those in sight, some around them, and the one that people are at. */
export function useRowsInSight<T>({ rowCount, onRange }: Rows<T>, options: Options) {
  const { scroller, rowHeight, keptIndex } = options;
  const rangeExtractor = useCallback(
    (range: Range) => {
      const inSight = defaultRangeExtractor(range);
      const isKept = keptIndex === undefined || keptIndex >= range.count || inSight.includes(keptIndex);
      return isKept ? inSight : [...inSight, keptIndex].sort((a, b) => a - b);
    },
    [keptIndex],
  );
  const virtualizer = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    rangeExtractor,
    scrollMargin: 0,
    initialRect: FIRST_RECT,
    scrollPaddingStart: HEADER_HEIGHT,
  });
  // Between what begins at the top and what measures from where one is.
  const attach = useEarlyScroll(scroller);
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  const items = virtualizer.getVirtualItems();
  const { first, last } = endsOf(
    items.map(({ index }) => index),
    keptIndex,
  );
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  return { attach, items, first, virtualizer };
}

/** The first and the last row that are drawn because they are in sight. */
function endsOf(indexes: readonly number[], kept: number | undefined): { first: number; last: number } {
  const inSight = indexes.filter((index, at) => {
    const hasNeighbour = indexes[at - 1] === index - 1 || indexes[at + 1] === index + 1;
    return index !== kept || hasNeighbour;
  });
  return { first: inSight[0] ?? kept ?? 0, last: inSight.at(-1) ?? kept ?? 0 };
}
