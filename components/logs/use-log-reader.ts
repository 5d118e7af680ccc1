'use client';
import { useState } from 'react';
import type { LogKind } from '@/lib/admin/contract/logs';
import type { LogItem } from '@/lib/client/logs';
import { useRowSelection } from '../shared/use-row-selection';
import { logFilterOf, type LogView } from './log-view';

export type LogReader = ReturnType<typeof useLogReader>;

/** What a reader is at in the log: rows further down, or rows that are selected. The list is held still meanwhile. */
export function useLogReader(kind: LogKind, view: LogView) {
  const selection = useRowSelection<LogItem>();
  const [isAway, setAway] = useState(false);
  const [returns, setReturns] = useState(0);
  const viewName = JSON.stringify([kind, view.since, logFilterOf(view, 0)]);
  const [shownView, setShownView] = useState(viewName);
  const leave = () => {
    setAway(false);
    selection.clear();
  };
  // Other rows: nobody is further down in them yet.
  if (shownView !== viewName) {
    setShownView(viewName);
    leave();
  }
  return {
    selection,
    isHeld: isAway || selection.selected.size > 0,
    /** Told whether the newest row is out of its place. */
    setAway,
    /** Another one when the list is to begin at the top. */
    place: `${returns} ${viewName}`,
    toNewest: () => {
      leave();
      setReturns((count) => count + 1);
    },
  };
}
