'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { ExploredGroup } from '@/lib/admin/contract/stats';
import type { Scope } from './explore-view';

type Named = Pick<ExploredGroup, 'id' | 'name' | 'hint'>;

/** What a group is called, those that are there no more too. */
export function useGroupName(): (group: Scope, named: Named) => string {
  const t = useTranslations('explore');
  return (group, { id, name, hint }) => {
    if (group === 'model') return id;
    const known = name !== null && name !== '' ? name : hint;
    return known ?? t('gone', { id });
  };
}
