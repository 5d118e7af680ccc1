'use client';
import { useEffect, useRef } from 'react';
import { cn } from '../ui/class-names';
import { keyedRows } from './keyed-rows';
import { useActiveRow } from './use-active-row';
import { useElementWidth } from './use-element-width';
import { useFittingColumns } from './use-fitting-columns';
import { useRowWalk } from './use-row-walk';
import { useRowsInSight } from './use-rows-in-sight';
import { useScrollMemory } from './use-scroll-memory';
import { HeaderRow } from './virtual-table-header';
import type { VirtualTableProps } from './virtual-table-props';
import { BodyRows } from './virtual-table-rows';

/**
 * A table of any length: only what is in sight is in the page, and the row that people are at. Arrow keys or `j` and
 * `k` walk, Enter opens, Space selects. The focus stays with its row, wherever that goes.
 */
export function VirtualTable<T>(props: VirtualTableProps<T>) {
  const { label, rowCount, rowAt, rowId, resetKey } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useElementWidth(scroller);
  const { active, choose, forget } = useActiveRow(props);
  const fitting = useFittingColumns(props, width);
  const { attach, items, first, virtualizer } = useRowsInSight(props, {
    scroller,
    rowHeight: fitting.rowHeight,
    keptIndex: active?.index,
  });
  const { walk, stop } = useRowWalk(props, {
    scroller,
    rowHeight: fitting.rowHeight,
    activeIndex: active?.index ?? 0,
    onWalk: (index) => {
      const row = rowAt(index);
      choose(index, row && rowId(row));
      virtualizer.scrollToIndex(index);
    },
  });
  useScrollMemory(scroller, `${label} ${resetKey}`);
  useStartOver(resetKey, () => {
    scroller.current?.scrollTo({ top: 0 });
    stop();
    forget();
  });

  return (
    <div
      ref={attach}
      className="min-h-0 flex-1 overflow-auto overscroll-contain"
      onKeyDown={walk}
      onScroll={(event) => props.onAway?.(event.currentTarget.scrollTop > 0)}
    >
      <div role="grid" aria-label={label} aria-rowcount={rowCount + 1} className="min-w-full">
        <HeaderRow {...props} {...fitting} />
        <BodyRows
          {...props}
          {...fitting}
          rows={keyedRows(items, active, props)}
          // The row that takes the focus when one tabs in has to be there.
          tabStop={active === undefined ? first : Math.min(active.index, rowCount - 1)}
          onActive={choose}
          // Rows for wide screens until the width is known: a phone does not show those.
          className={cn(width === 0 && 'max-md:invisible')}
          height={virtualizer.getTotalSize()}
        />
      </div>
    </div>
  );
}

/** Other rows: nobody is at one of them yet. */
function useStartOver(resetKey: string | undefined, startOver: () => void): void {
  const shownKey = useRef(resetKey);
  useEffect(() => {
    if (shownKey.current === resetKey) return;
    shownKey.current = resetKey;
    startOver();
  }, [resetKey, startOver]);
}
