'use client';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { formatCount } from '@/lib/client/format';
import { StatusCode } from '../shared/status-code';
import { TimeAgo } from '../shared/time';
import type { Column } from '../shared/virtual-table-props';
import { LeftCell } from './key-left';
import { KeyReason, KeyStatusBadge } from './key-status';
import { TagChips } from './tag-chips';

type KeyCell = Omit<Column<KeyItem>, 'header'> & { readonly title: string };

/** The cells of a key's row, from left to right. `title` names the text of the header. */
export const keyCells = [
  {
    id: 'hint',
    track: 'minmax(9rem, 1.1fr)',
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
    minTableWidth: 1150,
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
] as const satisfies readonly KeyCell[];

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
