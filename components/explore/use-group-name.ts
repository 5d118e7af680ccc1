'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { ExploredGroup } from '@/lib/admin/contract/stats';
import { resultChoices } from '../logs/log-view';
import type { Grouping } from './explore-view';

type Named = Pick<ExploredGroup, 'id' | 'name' | 'hint'>;

/** What a group is called, those that are there no more too. */
export function useGroupName(): (group: Grouping, named: Named) => string {
  const t = useTranslations('explore');
  const results = useTranslations('logs.results');
  return (group, { id, name, hint }) => {
    if (group === 'model') return id;
    if (group === 'status') {
      const result = resultChoices.find((choice) => choice === id);
      return result === undefined ? id : results(result);
    }
    const known = name !== null && name !== '' ? name : hint;
    return known ?? t('gone', { id });
  };
}
