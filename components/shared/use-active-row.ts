'use client';
import { useCallback, useState } from 'react';
import { indexNear } from './index-near';

interface ActiveRow {
  readonly index: number;
  /** Undefined while the row that is to be there is on its way. */
  readonly id: string | undefined;
}

interface Rows<T> {
  readonly rowCount: number;
  readonly rowAt: (index: number) => T | undefined;
  readonly rowId: (row: T) => string;
  /** The row whose details are open is the one that people are at. */
  readonly openId?: string;
}

/**
 * The row that people are at, which is a row and no position: it is followed to where it goes. When it is gone, the one
 * that has come to its place follows it.
 */
export function useActiveRow<T>({ rowCount, rowAt, rowId, openId = '' }: Rows<T>) {
  const [active, setActive] = useState<ActiveRow>();
  const [followedId, setFollowedId] = useState('');
  const idAt = (index: number): string | undefined => {
    const row = rowAt(index);
    return row === undefined ? undefined : rowId(row);
  };
  const isAt = (id: string) => (index: number) => idAt(index) === id;

  let now = active;
  if (followedId !== openId) {
    const index = openId === '' ? undefined : indexNear(rowCount, active?.index ?? 0, isAt(openId));
    // It may be on its way.
    if (openId === '' || index !== undefined) setFollowedId(openId);
    if (index !== undefined) now = { index, id: openId };
  }
  if (now !== undefined && rowCount > 0) {
    const index = Math.min(now.index, rowCount - 1);
    const there = now.id === undefined ? undefined : indexNear(rowCount, index, isAt(now.id));
    const id = there === undefined ? idAt(index) : now.id;
    // What is not known yet may be it.
    now = { index: there ?? index, id: id ?? now.id };
  }
  if (now?.index !== active?.index || now?.id !== active?.id) setActive(now);

  const choose = useCallback((index: number, id: string | undefined) => setActive({ index, id }), []);
  const forget = useCallback(() => setActive(undefined), []);
  return { active: now, choose, forget };
}
