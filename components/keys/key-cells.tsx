'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyItem } from '@/lib/admin/contract/keys';
import type { VIEW_COLUMNS } from '@/lib/config/saved-views';
import { formatCount } from '@/lib/client/format';
import { StatusCode } from '../shared/status-code';
import { Moment, TimeAgo } from '../shared/time';
import type { ChoosableColumn } from '../shared/columns/chosen-columns';
import { LeftCell } from './key-left';
import { KeyReason, KeyStatusBadge } from './key-status';
import { TagChips } from './tag-chips';

/** What can be chosen, a saved view can keep. */
type KeyCellId = 'hint' | (typeof VIEW_COLUMNS)['keys'][number];
type KeyCell = ChoosableColumn<KeyItem> & { readonly id: KeyCellId; readonly title: string };

/** How wide a table has to be for tags, and what their column takes at least, with the gap beside it. */
const TAGS_FROM_PX = 1150;
const TAGS_PX = 108;

/** The cells of a key's row, from left to right. `title` names the text of the header. */
const keyCells = [
  {
    id: 'hint',
    track: 'minmax(9rem, 1.1fr)',
    isFixed: true,
    title: 'key',
    sort: 'hint',
    cell: (key) => <span className="font-mono text-xs">{key.hint}</span>,
  },
  {
    id: 'status',
    track: '9.5rem',
    title: 'status',
    sort: 'status',
    cell: (key) => <KeyStatusBadge item={key} />,
  },
  {
    id: 'reason',
    track: 'minmax(8rem, 1.6fr)',
    minTableWidth: 620,
    title: 'reason',
    cell: (key) => <KeyReason item={key} />,
  },
  {
    id: 'provider',
    track: 'minmax(5rem, 0.7fr)',
    minTableWidth: 720,
    title: 'provider',
    sort: 'provider',
    cell: (key) => key.provider,
  },
  {
    id: 'note',
    track: 'minmax(5rem, 0.8fr)',
    minTableWidth: 1250,
    title: 'note',
    cell: (key) => <NoteCell item={key} />,
  },
  {
    id: 'tags',
    track: 'minmax(6rem, 0.9fr)',
    minTableWidth: TAGS_FROM_PX,
    title: 'tags',
    cell: (key) => <TagChips tags={key.tags} />,
  },
  {
    id: 'left',
    track: '7rem',
    minTableWidth: 1160,
    align: 'end',
    title: 'left',
    cell: (key) => <LeftCell item={key} />,
  },
  {
    id: 'inFlight',
    track: '4.25rem',
    minTableWidth: 820,
    align: 'end',
    title: 'inFlight',
    sort: 'inFlight',
    cell: (key) => <Figure value={key.inFlight} />,
  },
  {
    id: 'failures',
    track: '4.25rem',
    minTableWidth: 900,
    align: 'end',
    title: 'failures',
    sort: 'failures',
    cell: (key) => <Figure value={key.failures} />,
  },
  {
    id: 'requests',
    track: '5rem',
    minTableWidth: 980,
    align: 'end',
    title: 'requests',
    sort: 'requestCount',
    cell: (key) => <Figure value={key.requestCount} />,
  },
  {
    id: 'errors',
    track: '4.25rem',
    minTableWidth: 1060,
    align: 'end',
    title: 'errors',
    sort: 'errorCount',
    cell: (key) => <Figure value={key.errorCount} />,
  },
  {
    id: 'lastError',
    track: '5.5rem',
    minTableWidth: 1350,
    align: 'end',
    title: 'lastError',
    sort: 'lastErrorAt',
    cell: (key) => (key.lastErrorAt === null ? null : <StatusCode status={key.lastErrorStatus} />),
  },
  {
    id: 'lastUsed',
    track: '5.5rem',
    minTableWidth: 560,
    align: 'end',
    title: 'lastUsed',
    sort: 'lastUsedAt',
    cell: (key) => (
      <span className="text-ink-soft">
        <TimeAgo at={key.lastUsedAt} />
      </span>
    ),
  },
  {
    id: 'account',
    track: 'minmax(5rem, 0.7fr)',
    isExtra: true,
    title: 'account',
    cell: (key) => key.account ?? <span className="text-ink-faint">{key.learntAccount ?? '–'}</span>,
  },
  {
    id: 'weight',
    track: '4.25rem',
    align: 'end',
    isExtra: true,
    title: 'weight',
    sort: 'weight',
    cell: (key) => <span className={key.weight === 1 ? 'text-ink-faint' : undefined}>{key.weight}</span>,
  },
  {
    id: 'created',
    track: '7.5rem',
    align: 'end',
    isExtra: true,
    title: 'created',
    sort: 'createdAt',
    cell: (key) => (
      <span className="text-ink-soft">
        <Moment at={key.createdAt} />
      </span>
    ),
  },
  {
    id: 'source',
    track: '6rem',
    isExtra: true,
    title: 'source',
    cell: (key) => <Source item={key} />,
  },
] as const satisfies readonly KeyCell[];

type NamedCell = KeyCell & { readonly title: (typeof keyCells)[number]['title'] };

/** What the choice of columns is kept under. */
export const KEY_COLUMNS = 'keys';

/** Where no key has tags, their column is for those who ask for it, and the others need as much less room. */
export function keyCellsFor(hasTags: boolean): readonly NamedCell[] {
  return (keyCells as readonly NamedCell[]).map((cell) => {
    if (cell.id === 'tags') return hasTags ? cell : { ...cell, isExtra: true };
    const { minTableWidth = 0 } = cell;
    return hasTags && minTableWidth > TAGS_FROM_PX
      ? { ...cell, minTableWidth: minTableWidth + TAGS_PX }
      : cell;
  });
}

function Source({ item }: { readonly item: KeyItem }) {
  const t = useTranslations('keys');
  return <span className="text-ink-soft">{t(`sources.${item.source}`)}</span>;
}

/** The account it belongs to stands before what people have noted. */
function NoteCell({ item: { account, learntAccount, note } }: { readonly item: KeyItem }) {
  const name = account ?? learntAccount;
  return (
    <span className="text-ink-soft">
      {name !== null && (
        <>
          <bdi className={account === null ? undefined : 'font-medium text-ink'}>{name}</bdi>
          {note !== '' && ' · '}
        </>
      )}
      {note}
    </span>
  );
}

/** Zeros step back, so that what is not zero is seen. */
function Figure({ value }: { readonly value: number }) {
  return <span className={value === 0 ? 'text-ink-faint' : undefined}>{formatCount(value)}</span>;
}
