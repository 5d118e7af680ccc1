'use client';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import { createShortcuts, type Shortcut } from '@/lib/client/shortcuts';
import { singleKeys } from '@/lib/client/single-keys';
import { viewMemory } from '@/lib/client/view-memory';
import { pages } from '../layout/pages';
import { CommandButton } from './command-button';
import { pageOfLetter } from './go-letters';
import { isMac, pressOf } from './keyboard';
import { useGo } from './use-go';
import { useLoaded } from './use-loaded';
import { useTypedAhead } from './use-typed-ahead';

type CommandPart = 'palette' | 'help';

const loadPalette = () => import('./palette');
const loadHelp = () => import('./shortcut-list');

/** The shortcuts that hold on every page, the palette with its button, and the list of shortcuts. */
export function CommandCenter() {
  const t = useTranslations('commands');
  const [open, setOpen] = useState<CommandPart>();
  const close = useCallback(() => setOpen(undefined), []);
  const fail = useCallback(() => {
    setOpen(undefined);
    toast.error(t('notLoaded'));
  }, [t]);
  const Palette = useLoaded(open === 'palette', loadPalette, fail);
  const Help = useLoaded(open === 'help', loadHelp, fail);
  const typed = useTypedAhead(open === 'palette' && Palette === undefined, close);
  useShortcuts(setOpen);
  return (
    <>
      <CommandButton onOpen={() => setOpen('palette')} />
      {Palette !== undefined && (
        <Palette isOpen={open === 'palette'} onClose={close} onHelp={() => setOpen('help')} typed={typed} />
      )}
      {Help !== undefined && <Help isOpen={open === 'help'} onClose={close} />}
    </>
  );
}

type SetOpen = (next: (now: CommandPart | undefined) => CommandPart | undefined) => void;

function useShortcuts(setOpen: SetOpen): void {
  const go = useGo();
  const act = useMemo(() => {
    const acts: { [K in Shortcut['kind']]: (shortcut: Extract<Shortcut, { kind: K }>) => boolean } = {
      palette: () => {
        // A question comes before everything else.
        if (document.querySelector('[role=alertdialog]') === null) {
          setOpen((now) => (now === 'palette' ? undefined : 'palette'));
        }
        return true;
      },
      help: () => {
        setOpen(() => 'help');
        return true;
      },
      search: () => {
        const field = document.querySelector<HTMLInputElement>('main [role=search] input');
        if (field === null) setOpen(() => 'palette');
        field?.focus();
        field?.select();
        return true;
      },
      rows: () => focusRow(),
      go: ({ letter }) => {
        const page = pages.find(({ name }) => name === pageOfLetter(letter));
        if (page !== undefined) void go(viewMemory.hrefOf(page.href));
        return page !== undefined;
      },
    };
    return (shortcut: Shortcut) => acts[shortcut.kind](shortcut as never);
  }, [go, setOpen]);
  useEffect(() => {
    const shortcutOf = createShortcuts({ isMac: isMac(), hasSingleKeys: singleKeys.areOn });
    const press = (event: KeyboardEvent) => {
      const shortcut = shortcutOf(pressOf(event));
      // What has taken the press for itself keeps it; the palette's belongs to nobody else.
      if (shortcut === undefined || (event.defaultPrevented && shortcut.kind !== 'palette')) return;
      if (act(shortcut)) event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [act]);
}

/** Into the list of the page, from outside of it: to the row that one was at, or the first. */
function focusRow(): boolean {
  const isInList = (document.activeElement?.closest('[role=grid]') ?? null) !== null;
  const row = isInList
    ? null
    : document.querySelector<HTMLElement>('main [role=grid] [role=row][tabindex="0"]');
  row?.focus();
  return row !== null;
}
