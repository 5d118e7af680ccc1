'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { ExploredGroup } from '@/lib/admin/contract/stats';
import { DIRECT_PROXY } from '@/lib/config/direct-proxy';
import { resultChoices } from '../logs/log-view';
import { useOutcomeText } from '../logs/use-outcome-text';
import type { Grouping } from './explore-view';

type Named = Pick<ExploredGroup, 'id' | 'name' | 'hint'>;

/** What a group is called, those that are there no more too. */
export function useGroupName(): (group: Grouping, named: Named) => string {
  const t = useTranslations('explore');
  const results = useTranslations('logs.results');
  const verdictText = useOutcomeText();
  return (group, { id, name, hint }) => {
    if (group === 'model') return id;
    if (group === 'status') {
      const result = resultChoices.find((choice) => choice === id);
      return result === undefined ? id : results(result);
    }
    if (group === 'verdict') return verdictText(id);
    if (group === 'proxy' && id === DIRECT_PROXY) return t('direct');
    const known = name !== null && name !== '' ? name : hint;
    return known ?? t('gone', { id });
  };
}
