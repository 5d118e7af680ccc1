'use client';
import { useCallback, useSyncExternalStore } from 'react';
import { columnMemory } from '@/lib/client/column-memory';
import type { ColumnChoices } from './chosen-columns';

const nothing = () => columnMemory.none;

/** Which columns of the list of that name are shown, as this browser has kept it. */
export function useColumnChoices(list: string): readonly [ColumnChoices, (choices: ColumnChoices) => void] {
  const choices = useSyncExternalStore(columnMemory.subscribe, () => columnMemory.read(list), nothing);
  const choose = useCallback((next: ColumnChoices) => columnMemory.write(list, next), [list]);
  return [choices, choose];
}
