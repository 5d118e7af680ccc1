'use client';
import { useCallback, useSyncExternalStore } from 'react';
import type { LogKind } from '@/lib/admin/contract/logs';
import { columnMemory } from '@/lib/client/column-memory';
import type { ColumnChoices } from './chosen-columns';

const nothing = () => columnMemory.none;

/** Which columns of a log are shown, as this browser has kept it. */
export function useColumnChoices(kind: LogKind): readonly [ColumnChoices, (choices: ColumnChoices) => void] {
  const list = `logs-${kind}`;
  const choices = useSyncExternalStore(columnMemory.subscribe, () => columnMemory.read(list), nothing);
  const choose = useCallback((next: ColumnChoices) => columnMemory.write(list, next), [list]);
  return [choices, choose];
}
