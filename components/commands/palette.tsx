'use client';
import { useRef, useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { matching } from '@/lib/client/matching';
import { useErrorText } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { CommandGroup, CommandItem, CommandWindow } from '../ui/command';
import { Kbd } from '../ui/kbd';
import type { Command, CommandGroupItems } from './command';
import { useActionCommands } from './use-action-commands';
import { useGo } from './use-go';
import { useLookups } from './use-lookups';
import { useNamedCommands } from './use-named-commands';
import { useViewCommands } from './use-view-commands';
import { usePageCommands } from './use-page-commands';

interface PaletteProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onHelp: () => void;
  /** What was typed before this was there. */
  readonly typed: string;
}

/** Finds pages, saved views, providers, models, keys, client tokens, requests and things to do, and goes there. */
export default function Palette({ isOpen, onClose, onHelp, typed }: PaletteProps) {
  const t = useTranslations('commands');
  const [search, setSearch] = useState(typed);
  const [wasOpen, setWasOpen] = useState(isOpen);
  if (isOpen !== wasOpen) {
    setWasOpen(isOpen);
    if (isOpen) setSearch('');
  }
  const chosen = useRef<Command>(undefined);
  const go = useGo();
  const text = search.trim();
  const { groups, ...state } = useGroups(isOpen ? text : '', isOpen, onHelp);
  // When the window is gone, and the focus is back: what is opened then gives it back to there.
  const act = () => {
    const command = chosen.current;
    chosen.current = undefined;
    const href = typeof command?.act === 'function' ? command.act() : command?.act;
    if (typeof href === 'string') void go(href);
  };
  return (
    <CommandWindow
      isOpen={isOpen}
      onOpenChange={(next) => !next && onClose()}
      onClosed={act}
      label={t('find')}
      search={search}
      onSearch={setSearch}
      notes={<Notes {...state} isEmpty={groups.length === 0} text={text} />}
      footer={<Footer />}
    >
      <Groups
        groups={groups}
        onChoose={(command) => {
          chosen.current = command;
          onClose();
        }}
      />
    </CommandWindow>
  );
}

interface GroupsProps {
  readonly groups: readonly CommandGroupItems[];
  readonly onChoose: (command: Command) => void;
}

function Groups({ groups, onChoose }: GroupsProps) {
  return groups.map(({ name, title, commands }) => (
    <CommandGroup key={name} heading={title}>
      {commands.map((command) => (
        <CommandItem key={command.id} value={command.id} onSelect={() => onChoose(command)}>
          <command.icon aria-hidden />
          <span className="min-w-0 truncate">
            <bdi>{command.label}</bdi>
          </span>
          {command.hint !== undefined && (
            <span className="ml-auto max-w-[50%] shrink-0 truncate pl-2 text-xs text-ink-soft">
              {command.hint}
            </span>
          )}
        </CommandItem>
      ))}
    </CommandGroup>
  ));
}

/** So many of what is known here are shown of each kind, once something is searched for. */
const SHOWN_MAX = 6;

function useGroups(text: string, isOpen: boolean, onHelp: () => void) {
  const t = useTranslations('commands.groups');
  const pages = usePageCommands();
  const actions = useActionCommands(onHelp);
  const named = useNamedCommands(isOpen);
  const views = useViewCommands(isOpen);
  const found = useLookups(text);
  const of = (commands: readonly Command[]) => matching(commands, text).slice(0, SHOWN_MAX);
  const isBlank = text === '';
  const groups: readonly CommandGroupItems[] = [
    { name: 'requests', title: t('requests'), commands: found.requests },
    { name: 'pages', title: t('pages'), commands: isBlank ? pages : of(pages) },
    { name: 'actions', title: t('actions'), commands: isBlank ? actions : of(actions) },
    { name: 'views', title: t('views'), commands: isBlank ? [] : of(views) },
    { name: 'providers', title: t('providers'), commands: isBlank ? [] : of(named.providers) },
    { name: 'models', title: t('models'), commands: isBlank ? [] : of(named.models) },
    { name: 'keys', title: t('keys'), commands: found.keys },
    { name: 'tokens', title: t('tokens'), commands: found.tokens },
    { name: 'more', title: t('more'), commands: found.more },
  ];
  return {
    groups: groups.filter(({ commands }) => commands.length > 0),
    isSearching: found.isSearching,
    error: found.error ?? (isBlank ? null : named.error),
    onRetry: found.retry,
  };
}

interface NotesProps {
  readonly isSearching: boolean;
  readonly isEmpty: boolean;
  readonly error: Error | null;
  readonly text: string;
  readonly onRetry: () => void;
}

/** Whether the search goes on, and what went wrong with it. */
function Notes({ isSearching, isEmpty, error, text, onRetry }: NotesProps) {
  const t = useTranslations('commands');
  const common = useTranslations('common');
  const errorText = useErrorText();
  const note = isSearching ? t('searching') : isEmpty && error === null ? t('nothing', { text }) : '';
  return (
    <>
      <p role="status" className={note === '' ? 'sr-only' : 'px-3 pt-2 text-xs text-ink-soft wrap-anywhere'}>
        {note}
      </p>
      {error !== null && (
        <div className="flex items-center gap-2 px-3 pt-2 text-xs text-bad">
          <p role="alert" className="min-w-0 wrap-anywhere">
            {t('failed', { error: errorText(error) })}
          </p>
          <Button look="link" size="inline" className="text-xs" onClick={onRetry}>
            {common('retry')}
          </Button>
        </div>
      )}
    </>
  );
}

function Footer() {
  const t = useTranslations('commands');
  return (
    <p className="flex items-center gap-3 border-t border-line px-3 py-2 text-xs text-ink-soft max-sm:hidden">
      <span className="inline-flex items-center gap-1">
        <Kbd>↑</Kbd>
        <Kbd>↓</Kbd> {t('choose')}
      </span>
      <span className="inline-flex items-center gap-1">
        <Kbd>Enter</Kbd> {t('go')}
      </span>
      <span className="inline-flex items-center gap-1">
        <Kbd>Esc</Kbd> {t('close')}
      </span>
    </p>
  );
}
