'use client';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { tagName } from '@/lib/config/key-tags';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import type { KeysEdit } from './edit-dialog';
import { TagsField } from './tags-field';

interface TagsDialogProps {
  readonly count: number;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onEdit: (set: KeysEdit) => void;
}

/** Gives many keys tags, or takes tags from them. Begins anew each time it opens. */
export function TagsDialog({ count, isOpen, onOpenChange, onEdit }: TagsDialogProps) {
  const t = useTranslations('keys.tags');
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title={t('title', { count })} description={t('text')}>
      <TagsForm onCancel={() => onOpenChange(false)} onEdit={onEdit} />
    </Dialog>
  );
}

interface TagsFormProps extends Pick<TagsDialogProps, 'onEdit'> {
  readonly onCancel: () => void;
}

function TagsForm({ onCancel, onEdit }: TagsFormProps) {
  const t = useTranslations('keys.tags');
  const common = useTranslations('common');
  const [add, setAdd] = useState<readonly string[]>([]);
  const [remove, setRemove] = useState<readonly string[]>([]);
  const has = (tags: readonly string[], tag: string) => tags.some((one) => tagName(one) === tagName(tag));
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onEdit({
          ...(add.length > 0 && { addTags: [...add] }),
          ...(remove.length > 0 && { removeTags: [...remove] }),
        });
      }}
    >
      <TagsField
        label={t('add')}
        tags={add}
        onChange={(tags) => {
          setAdd(tags);
          setRemove(remove.filter((tag) => !has(tags, tag)));
        }}
      />
      <TagsField
        label={t('remove')}
        tags={remove}
        onChange={(tags) => {
          setRemove(tags);
          setAdd(add.filter((tag) => !has(tags, tag)));
        }}
      />
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{common('cancel')}</Button>
        <Button type="submit" look="primary" disabled={add.length + remove.length === 0}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}
