'use client';
import { useCallback, useState } from 'react';
import { indexNear } from './index-near';

export interface ActiveRow {
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
export function useActiveRow<T>(rows: Rows<T>) {
  const { openId = '' } = rows;
  const [active, setActive] = useState<ActiveRow>();
  const [followedId, setFollowedId] = useState('');

  let now = active;
  if (followedId !== openId) {
    const index = openId === '' ? undefined : indexOfId(rows, openId, active?.index ?? 0);
    // It may be on its way.
    if (openId === '' || index !== undefined) setFollowedId(openId);
    if (index !== undefined) now = { index, id: openId };
  }
  if (now !== undefined) now = followed(rows, now);
  if (!isSame(now, active)) setActive(now);

  const choose = useCallback((index: number, id: string | undefined) => setActive({ index, id }), []);
  const forget = useCallback(() => setActive(undefined), []);
  return { active: now, choose, forget };
}

/** The row where it is now, or what has come to its place. */
function followed<T>(rows: Rows<T>, { index, id }: ActiveRow): ActiveRow {
  if (rows.rowCount === 0) return { index, id };
  const place = Math.min(index, rows.rowCount - 1);
  const there = id === undefined ? undefined : indexOfId(rows, id, place);
  if (there !== undefined) return { index: there, id };
  // What is not known yet may be it.
  return { index: place, id: idAt(rows, place) ?? id };
}

function indexOfId<T>(rows: Rows<T>, id: string, near: number): number | undefined {
  return indexNear(rows.rowCount, near, (index) => idAt(rows, index) === id);
}

function idAt<T>({ rowAt, rowId }: Rows<T>, index: number): string | undefined {
  const row = rowAt(index);
  return row === undefined ? undefined : rowId(row);
}

function isSame(one: ActiveRow | undefined, other: ActiveRow | undefined): boolean {
  return one?.index === other?.index && one?.id === other?.id;
}
