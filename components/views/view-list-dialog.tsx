'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { ViewItem } from '@/lib/admin/contract/views';
import { deleteView, updateView, viewsKey } from '@/lib/client/views';
import { SAVED_VIEWS } from '@/lib/config/saved-views';
import { useConfirm } from '../layout/confirm';
import { useAct } from '../shared/use-act';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import type { PageViews } from './use-views';

interface ViewListDialogProps {
  readonly isOpen: boolean;
  readonly views: PageViews;
  readonly onClose: () => void;
}

/** The views of a page, to rename and to delete. */
export function ViewListDialog({ isOpen, views, onClose }: ViewListDialogProps) {
  const t = useTranslations('views');
  return (
    <Dialog isOpen={isOpen} onOpenChange={(next) => !next && onClose()} title={t('listTitle')}>
      {views.items.length === 0 ? (
        <p className="text-sm text-ink-soft">{t('none')}</p>
      ) : (
        <ul className="grid gap-3">
          {views.items.map((item) => (
            <li key={item.id}>
              <ViewRow item={item} />
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function ViewRow({ item }: { readonly item: ViewItem }) {
  const t = useTranslations('views');
  const [name, setName] = useState<string>();
  const { rename, error } = useRename(item, () => setName(undefined));
  const remove = useRemove();
  const shown = name ?? item.name;
  const isOther = shown.trim() !== item.name && shown.trim() !== '';
  return (
    <form
      className="flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isOther) rename.mutate(shown.trim());
      }}
    >
      <Field className="min-w-0 flex-1" label={t('name')} {...(error === undefined ? {} : { error })}>
        {(control) => (
          <Input
            {...control}
            maxLength={SAVED_VIEWS.nameMax}
            value={shown}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" needs="views.update" isBusy={rename.isPending} disabled={!isOther}>
        {t('rename')}
      </Button>
      <Button
        look="dangerGhost"
        size="icon"
        needs="views.delete"
        aria-label={t('delete', { name: item.name })}
        onClick={() => void remove(item)}
      >
        <Trash2 aria-hidden />
      </Button>
    </form>
  );
}

function useRename({ id, version }: ViewItem, onDone: () => void) {
  const client = useQueryClient();
  const errorText = useErrorText();
  const fieldErrors = useFieldErrors();
  const rename = useMutation({
    mutationFn: (name: string) => updateView(id, { version, name }),
    onSettled: () => client.invalidateQueries({ queryKey: viewsKey }),
    onSuccess: onDone,
  });
  const error =
    rename.error === null ? undefined : (fieldErrors(rename.error)['name'] ?? errorText(rename.error));
  return { rename, error };
}

function useRemove() {
  const t = useTranslations('views');
  const confirm = useConfirm();
  const act = useAct();
  const client = useQueryClient();
  return async ({ id, name }: ViewItem) => {
    const isSure = await confirm({
      title: t('deleteTitle', { name }),
      text: t('deleteText'),
      action: t('deleteAction'),
      isDangerous: true,
    });
    if (!isSure) return;
    const done = await act(() => deleteView(id), t('failed'));
    await client.invalidateQueries({ queryKey: viewsKey });
    if (done !== undefined) toast.success(t('deleted', { name }));
  };
}
