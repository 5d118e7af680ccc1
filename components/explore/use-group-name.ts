'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { ExploredGroup } from '@/lib/admin/contract/stats';
import { isolated } from '@/lib/client/isolated';
import { isDirectProxy } from '@/lib/client/explore';
import { resultChoices } from '../logs/log-view';
import { useOutcomeText } from '../logs/use-outcome-text';
import type { Grouping, Scope } from './explore-view';

type Named = Pick<ExploredGroup, 'id' | 'name' | 'hint'>;

/** What the figures are of, with what that is: `Model gpt-4o`. */
export function useScopeName(): (scope: Scope, named: Named) => string {
  const t = useTranslations('explore');
  const nameOf = useGroupName();
  return (scope, named) => {
    const name = nameOf(scope, named);
    return isDirect(scope, named) ? name : t(`one.${scope}`, { name: isolated(name) });
  };
}

function isDirect(group: Grouping, { id }: Named): boolean {
  return group === 'proxy' && isDirectProxy(id);
}

/** What a group is called, those that are there no more too. */
export function useGroupName(): (group: Grouping, named: Named) => string {
  const t = useTranslations('explore');
  const results = useTranslations('logs.results');
  const verdictText = useOutcomeText();
  return (group, named) => {
    const { id, name, hint } = named;
    if (group === 'model') return id;
    if (group === 'status') {
      const result = resultChoices.find((choice) => choice === id);
      return result === undefined ? id : results(result);
    }
    if (group === 'verdict') return verdictText(id);
    if (isDirect(group, named)) return t('direct');
    const known = name !== null && name !== '' ? name : hint;
    return known ?? t('gone', { id });
  };
}
