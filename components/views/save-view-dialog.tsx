'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import { openedView } from '@/lib/client/opened-view';
import { createView, viewsKey } from '@/lib/client/views';
import { SAVED_VIEWS } from '@/lib/config/saved-views';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import type { PageViews } from './use-views';

interface SaveViewDialogProps {
  readonly isOpen: boolean;
  readonly views: PageViews;
  readonly onClose: () => void;
}

/** Asks for the name of a new view. */
export function SaveViewDialog({ isOpen, views, onClose }: SaveViewDialogProps) {
  const t = useTranslations('views');
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={(next) => !next && onClose()}
      title={t('saveTitle')}
      description={t('saveText')}
    >
      <SaveForm views={views} onClose={onClose} />
    </Dialog>
  );
}

function SaveForm({ views, onClose }: Pick<SaveViewDialogProps, 'views' | 'onClose'>) {
  const t = useTranslations('views');
  const common = useTranslations('common');
  const [name, setName] = useState('');
  const { save, error } = useSave(views, onClose);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(name.trim());
      }}
    >
      <Field label={t('name')} {...(error === undefined ? {} : { error })}>
        {(control) => (
          <Input
            {...control}
            autoFocus
            maxLength={SAVED_VIEWS.nameMax}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{common('cancel')}</Button>
        <Button type="submit" look="primary" isBusy={save.isPending} disabled={name.trim() === ''}>
          {t('saveAction')}
        </Button>
      </div>
    </form>
  );
}

function useSave({ page, state }: PageViews, onDone: () => void) {
  const t = useTranslations('views');
  const client = useQueryClient();
  const errorText = useErrorText();
  const fieldErrors = useFieldErrors();
  const save = useMutation({
    mutationFn: (name: string) => createView({ page, name, state }),
    onSuccess: async (item) => {
      openedView.write(page, item.id);
      toast.success(t('saved', { name: item.name }));
      onDone();
      await client.invalidateQueries({ queryKey: viewsKey });
    },
  });
  const [field] = Object.values(fieldErrors(save.error));
  return { save, error: save.error === null ? undefined : (field ?? errorText(save.error)) };
}
