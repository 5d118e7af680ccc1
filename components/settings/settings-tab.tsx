'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import { ApiError, codeOf } from '@/lib/client/api-error';
import { answered } from '@/lib/client/asked';
import { settingsQuery, updateSettings } from '@/lib/client/settings';
import { SearchBox } from '../shared/search-box';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';
import { useUnsavedInput } from '../ui/unsaved-input';
import { SettingRow } from './setting-row';
import { isFound, withDraft, type SettingsDraft } from './setting-value';
import { useSettingText } from './use-setting-text';

interface SettingsTabProps {
  readonly find: string;
  readonly onFind: (find: string) => void;
}

/** Every setting that the API knows of, changed all together or not at all. */
export function SettingsTab({ find, onFind }: SettingsTabProps) {
  const t = useTranslations('settings');
  const text = useSettingText();
  const fieldErrors = useFieldErrors();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(settingsQuery);
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<SettingsDraft>({});
  const [baseRevision, setBaseRevision] = useState<number>();
  const hasChanges = Object.keys(draft).length > 0;
  // A draft is based on what was there when it began; what others change meanwhile must not be overwritten unseen.
  const revision = hasChanges ? baseRevision : data?.revision;
  const save = useMutation({
    mutationFn: (base: number) => updateSettings(base, { ...draft }),
    onSuccess: (answer) => {
      client.setQueryData(settingsQuery.queryKey, answered(answer));
      setDraft({});
      toast.success(t('saved'));
    },
    onError: async (problem) => {
      if (codeOf(problem) === 'conflict') await refetch();
    },
  });
  useEffect(() => {
    if (save.error === null) return;
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    wrong?.focus({ preventScroll: true });
    // Not only into view, but clear of the bar at the bottom.
    wrong?.scrollIntoView({ block: 'center' });
  }, [save.error]);
  useUnsavedInput(hasChanges);

  if (data === undefined) {
    if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
    return <Skeleton className="h-96" />;
  }
  const errors = fieldErrors(save.error);
  const items = data.items.filter((item) =>
    isFound(item, text.description(item.name, item.description), find),
  );
  const groups = data.groups.filter((group) => items.some((item) => item.group === group));
  const startDraft = () => {
    if (!hasChanges) setBaseRevision(data.revision);
  };

  return (
    <form
      ref={form}
      className="grid gap-4 lg:grid-cols-[11rem_minmax(0,1fr)]"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(revision ?? 0);
      }}
      noValidate
    >
      <nav aria-label={t('groups')} className="sticky top-16 hidden self-start lg:block">
        <ul className="grid gap-0.5">
          {groups.map((group) => (
            <li key={group}>
              <a
                href={`#${anchorOf(group)}`}
                className="block rounded-md px-2.5 py-1 text-ink-soft hover:bg-sunken hover:text-ink"
              >
                {text.group(group)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="grid min-w-0 gap-4">
        <SearchBox className="max-w-80" label={t('find')} value={find} onChange={onFind} />
        {groups.length === 0 && <EmptyState icon={SearchX} title={t('notFound')} />}
        {groups.map((group) => (
          <div key={group} id={anchorOf(group)} className="min-w-0 scroll-mt-16">
            <Card title={text.group(group)} bodyClassName="p-0">
              <div className="divide-y divide-line">
                {items
                  .filter((item) => item.group === group)
                  .map((item) => (
                    <SettingRow
                      key={item.name}
                      item={item}
                      draft={draft}
                      error={errors[item.name]}
                      onChange={(value) => {
                        startDraft();
                        setDraft((before) => withDraft(before, item, value));
                      }}
                      onKeep={() =>
                        setDraft((before) =>
                          Object.fromEntries(Object.entries(before).filter(([name]) => name !== item.name)),
                        )
                      }
                    />
                  ))}
              </div>
            </Card>
          </div>
        ))}
        {hasChanges && (
          <SaveBar
            names={Object.keys(draft)}
            error={save.error}
            isBusy={save.isPending}
            onDiscard={() => {
              setDraft({});
              save.reset();
            }}
            onOverwrite={() => save.mutate(data.revision)}
          />
        )}
      </div>
    </form>
  );
}

function anchorOf(group: string): string {
  return `group-${group.toLowerCase().replaceAll(' ', '-')}`;
}

interface SaveBarProps {
  readonly names: readonly string[];
  readonly error: Error | null;
  readonly isBusy: boolean;
  readonly onDiscard: () => void;
  readonly onOverwrite: () => void;
}

function SaveBar({ names, error, isBusy, onDiscard, onOverwrite }: SaveBarProps) {
  const t = useTranslations('settings');
  const errorText = useErrorText();
  const isConflict = error !== null && codeOf(error) === 'conflict';
  const fields = error instanceof ApiError ? Object.keys(error.fields) : [];
  const message =
    error === null
      ? names.join(', ')
      : isConflict
        ? t('conflict')
        : fields.length > 0
          ? t('refused', { names: fields.join(', ') })
          : errorText(error);
  return (
    <div className="sticky bottom-16 z-10 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-line bg-surface px-4 py-2.5 shadow-high md:bottom-4">
      <div className="min-w-0 flex-1">
        <p className="font-medium">{t('changes', { count: names.length })}</p>
        <p
          className={`line-clamp-2 text-xs break-words ${error === null ? 'font-mono text-ink-faint' : 'text-bad'}`}
          role={error === null ? undefined : 'alert'}
          title={message}
        >
          {message}
        </p>
      </div>
      <Button onClick={onDiscard}>{t('discard')}</Button>
      {isConflict ? (
        <Button key="overwrite" look="danger" isBusy={isBusy} onClick={onOverwrite}>
          {t('overwrite')}
        </Button>
      ) : (
        <Button key="save" type="submit" look="primary" isBusy={isBusy}>
          {t('save')}
        </Button>
      )}
    </div>
  );
}
