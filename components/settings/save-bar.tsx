'use client';
import { useTranslations } from '@/i18n/use-translations';
import { ApiError, codeOf } from '@/lib/client/api-error';
import { useErrorText } from '../shared/use-error-text';
import { Button } from '../ui/button';
import type { SettingsChanges } from './use-settings-draft';

/** Stays in sight while anything is changed, and says why it could not be saved. */
export function SaveBar({ changes }: { readonly changes: SettingsChanges }) {
  const t = useTranslations('settings');
  const errorText = useErrorText();
  const { error, isSaving } = changes;
  const names = Object.keys(changes.draft);
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
      <Button onClick={changes.discard}>{t('discard')}</Button>
      {isConflict ? (
        <Button
          key="overwrite"
          look="danger"
          needs="settings.update"
          isBusy={isSaving}
          onClick={changes.overwrite}
        >
          {t('overwrite')}
        </Button>
      ) : (
        <Button key="save" type="submit" look="primary" needs="settings.update" isBusy={isSaving}>
          {t('save')}
        </Button>
      )}
    </div>
  );
}
