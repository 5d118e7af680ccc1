'use client';
import { useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { useEffect, useRef, type RefObject } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { settingsQuery } from '@/lib/client/settings';
import { SearchBox } from '../shared/search-box';
import { useRefusal } from '../shared/use-me';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';
import { SaveBar } from './save-bar';
import { SettingGroup, SettingGroups } from './setting-groups';
import { isFound } from './setting-value';
import { useSettingText } from './use-setting-text';
import { useSettingsDraft } from './use-settings-draft';

interface SettingsTabProps {
  readonly find: string;
  readonly onFind: (find: string) => void;
}

/** Every setting that the API knows of, changed all together or not at all. */
export function SettingsTab({ find, onFind }: SettingsTabProps) {
  const t = useTranslations('settings');
  const text = useSettingText();
  const { data, error, refetch } = useQuery(settingsQuery);
  const changes = useSettingsDraft({ revision: data?.revision, refetch });
  const refusal = useRefusal('settings.update');
  const form = useRef<HTMLFormElement>(null);
  useFocusOnWrong(form, changes.error);

  if (data === undefined) {
    if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
    return <Skeleton className="h-96" />;
  }
  const items = data.items.filter((item) =>
    isFound(item, text.description(item.name, item.description), find),
  );
  const groups = data.groups.filter((group) => items.some((item) => item.group === group));

  return (
    <form
      ref={form}
      className="grid gap-4 lg:grid-cols-[11rem_minmax(0,1fr)]"
      onSubmit={(event) => {
        event.preventDefault();
        changes.save();
      }}
      noValidate
    >
      <SettingGroups groups={groups} />
      <div className="grid min-w-0 gap-4">
        <SearchBox className="max-w-80" label={t('find')} value={find} onChange={onFind} />
        {groups.length === 0 && <EmptyState icon={SearchX} title={t('notFound')} />}
        {refusal !== undefined && <p className="text-xs text-ink-soft">{refusal}</p>}
        <fieldset className="grid min-w-0 gap-4" disabled={refusal !== undefined}>
          {groups.map((group) => (
            <SettingGroup
              key={group}
              group={group}
              items={items.filter((item) => item.group === group)}
              changes={changes}
            />
          ))}
        </fieldset>
        {changes.hasChanges && <SaveBar changes={changes} />}
      </div>
    </form>
  );
}

/** What could not be saved leads to the field that is wrong. */
function useFocusOnWrong(form: RefObject<HTMLFormElement | null>, error: Error | null): void {
  useEffect(() => {
    if (error === null) return;
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    wrong?.focus({ preventScroll: true });
    // Not only into view, but clear of the bar at the bottom.
    wrong?.scrollIntoView({ block: 'center' });
  }, [form, error]);
}
