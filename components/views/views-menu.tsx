'use client';
import { useQueryClient } from '@tanstack/react-query';
import { Bookmark, BookmarkPlus, Check, Pencil, Save } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { ViewItem } from '@/lib/admin/contract/views';
import { takeView, updateView, viewsKey } from '@/lib/client/views';
import { VIEW_QUERY, type ViewPage } from '@/lib/config/saved-views';
import { useConfirm } from '../layout/confirm';
import { useAct } from '../shared/use-act';
import { Button } from '../ui/button';
import { Menu, MenuHint, MenuItem, MenuLine } from '../ui/dropdown-menu';
import { useViews, type PageViews } from './use-views';

const SaveViewDialog = dynamic(() => import('./save-view-dialog').then((parts) => parts.SaveViewDialog), {
  ssr: false,
});
const ViewListDialog = dynamic(() => import('./view-list-dialog').then((parts) => parts.ViewListDialog), {
  ssr: false,
});

interface ViewsMenuProps<T extends Readonly<Record<string, string>>> {
  readonly page: ViewPage;
  readonly view: T;
  readonly defaults: T;
  readonly onChange: (patch: Partial<T>) => void;
}

/** What the page shows under a name: to open, to save, to rename and to delete. */
export function ViewsMenu<T extends Readonly<Record<string, string>>>(props: ViewsMenuProps<T>) {
  const { page, view, defaults, onChange } = props;
  const views = useViews(page, view, defaults);
  const [open, setOpen] = useState<'save' | 'list'>();
  const [wasOpen, setWasOpen] = useState<ReadonlySet<string>>(new Set());
  if (open !== undefined && !wasOpen.has(open)) setWasOpen(new Set([...wasOpen, open]));
  const close = () => setOpen(undefined);
  const show = (item: ViewItem) => {
    takeView(item);
    // Also what no view keeps: a whole key that is searched for, and the place in a list.
    const names = [...VIEW_QUERY[page], 'page'].filter((name) => name in defaults);
    const plain = Object.fromEntries(names.map((name) => [name, defaults[name]]));
    onChange({ ...plain, ...item.state.query } as Partial<T>);
  };
  return (
    <>
      <Menu trigger={<Trigger views={views} />}>
        <Choices views={views} onShow={show} />
        <MenuLine />
        <Actions views={views} onOpen={setOpen} />
      </Menu>
      {wasOpen.has('save') && <SaveViewDialog isOpen={open === 'save'} views={views} onClose={close} />}
      {wasOpen.has('list') && <ViewListDialog isOpen={open === 'list'} views={views} onClose={close} />}
    </>
  );
}

interface PartProps {
  readonly views: PageViews;
}

function Trigger({ views: { current, isChanged }, ...props }: PartProps) {
  const t = useTranslations('views');
  const label = current === undefined ? t('menu') : current.name;
  return (
    <Button {...props} className="max-w-48" data-changed={isChanged || undefined}>
      <Bookmark aria-hidden />
      <span className="truncate">
        <bdi>{label}</bdi>
      </span>
      {current !== undefined && <span className="sr-only">{t('menu')}</span>}
      {isChanged && (
        <span className="shrink-0 text-xs text-warn" title={t('changedHint')}>
          {t('changed')}
        </span>
      )}
    </Button>
  );
}

function Choices({
  views: { items, current },
  onShow,
}: PartProps & { readonly onShow: (item: ViewItem) => void }) {
  const t = useTranslations('views');
  if (items.length === 0) return <MenuHint>{t('none')}</MenuHint>;
  return (
    <>
      <MenuHint>{t('ofAll')}</MenuHint>
      {items.map((item) => (
        <MenuItem key={item.id} className="max-w-80 pl-7" onSelect={() => onShow(item)}>
          {item.id === current?.id && <Check className="absolute left-2" aria-hidden />}
          <bdi className="truncate" title={item.name}>
            {item.name}
          </bdi>
        </MenuItem>
      ))}
    </>
  );
}

interface ActionsProps extends PartProps {
  readonly onOpen: (what: 'save' | 'list') => void;
}

function Actions({ views, onOpen }: ActionsProps) {
  const t = useTranslations('views');
  const overwrite = useOverwrite();
  const { items, current, isChanged, state } = views;
  return (
    <>
      {current !== undefined && isChanged && (
        <MenuItem needs="views.update" className="max-w-80" onSelect={() => void overwrite(current, state)}>
          <Save aria-hidden />
          <span className="truncate">{t('overwrite', { name: current.name })}</span>
        </MenuItem>
      )}
      <MenuItem needs="views.create" onSelect={() => onOpen('save')}>
        <BookmarkPlus aria-hidden />
        {t('save')}
      </MenuItem>
      {items.length > 0 && (
        <MenuItem onSelect={() => onOpen('list')}>
          <Pencil aria-hidden />
          {t('list')}
        </MenuItem>
      )}
    </>
  );
}

function useOverwrite() {
  const t = useTranslations('views');
  const confirm = useConfirm();
  const act = useAct();
  const client = useQueryClient();
  return async ({ id, name, version }: ViewItem, state: PageViews['state']) => {
    const isSure = await confirm({
      title: t('overwriteTitle', { name }),
      text: t('overwriteText'),
      action: t('overwriteAction'),
    });
    if (!isSure) return;
    const saved = await act(() => updateView(id, { version, state }), t('failed'));
    await client.invalidateQueries({ queryKey: viewsKey });
    if (saved !== undefined) toast.success(t('saved', { name }));
  };
}
