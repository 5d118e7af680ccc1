'use client';
import { useMemo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { formatCount } from '@/lib/client/format';
import { isolatedList } from '@/lib/client/isolated';
import { isColumnShown } from '../shared/columns/chosen-columns';
import { useColumnChoices } from '../shared/columns/use-column-choices';
import { Moment, TimeAgo } from '../shared/time';
import { joined, TwoLines } from '../shared/two-lines';
import { KEY_COLUMNS, keyCellsFor } from './key-cells';
import { KeyReason, KeyStatusBadge } from './key-status';

/** Has no room in two lines unless somebody asks for it. */
const WIDE_ONLY: ReadonlySet<string> = new Set([
  'note',
  'left',
  'inFlight',
  'failures',
  'errors',
  'lastError',
]);

type IsShown = (id: string) => boolean;

/** A key in two lines, with what was chosen. */
export function useNarrowKey(): (item: KeyItem) => React.ReactNode {
  const [choices] = useColumnChoices(KEY_COLUMNS);
  return useMemo(() => {
    const cells = keyCellsFor(true).filter((cell) => isColumnShown(cell, choices));
    const shown: ReadonlySet<string> = new Set(
      cells.map(({ id }) => id).filter((id) => !WIDE_ONLY.has(id) || choices[id] === true),
    );
    const isShown: IsShown = (id) => shown.has(id);
    return (item) => <NarrowKey item={item} isShown={isShown} />;
  }, [choices]);
}

interface NarrowKeyProps {
  readonly item: KeyItem;
  readonly isShown: IsShown;
}

/** Which, how it is, whose, why, and how much it does. */
function NarrowKey({ item, isShown }: NarrowKeyProps) {
  const before = joined(...useTexts(item, isShown, BEFORE));
  const behind = joined(...useTexts(item, isShown, BEHIND));
  const hasReason = isShown('reason') && item.status !== 'active';
  return (
    <TwoLines
      first={<span className="truncate font-mono text-xs">{item.hint}</span>}
      firstEnd={isShown('status') ? <KeyStatusBadge item={item} /> : null}
      second={
        <>
          {before}
          {hasReason && before !== '' && ' · '}
          {hasReason && <KeyReason item={item} />}
          {behind !== '' && (before !== '' || hasReason) && ' · '}
          {behind}
          {isShown('created') && (
            <>
              {' · '}
              <Moment at={item.createdAt} />
            </>
          )}
        </>
      }
      secondEnd={isShown('lastUsed') ? <TimeAgo at={item.lastUsedAt} /> : null}
    />
  );
}

const BEFORE = ['provider', 'requests'] as const;
const BEHIND = [
  ...(['tags', 'account', 'note', 'weight', 'inFlight', 'failures', 'errors', 'lastError'] as const),
  'source',
] as const;

function useTexts(
  item: KeyItem,
  isShown: IsShown,
  ids: readonly (typeof BEFORE | typeof BEHIND)[number][],
): readonly (string | null)[] {
  const t = useTranslations('keys');
  const figure = (name: 'requests' | 'weight' | 'inFlight' | 'failures' | 'errors', value: number) =>
    `${formatCount(value)} ${t(`columns.${name}`)}`;
  const { account, learntAccount, lastErrorAt, lastErrorStatus } = item;
  const textOf = {
    provider: item.provider,
    requests: figure('requests', item.requestCount),
    tags: item.tags.length === 0 ? null : isolatedList(item.tags),
    account: account ?? learntAccount,
    note: item.note,
    weight: item.weight === 1 ? null : figure('weight', item.weight),
    inFlight: item.inFlight === 0 ? null : figure('inFlight', item.inFlight),
    failures: item.failures === 0 ? null : figure('failures', item.failures),
    errors: item.errorCount === 0 ? null : figure('errors', item.errorCount),
    lastError: lastErrorAt === null ? null : lastErrorText(t, lastErrorStatus),
    source: t(`sources.${item.source}`),
  };
  return ids.filter(isShown).map((id) => textOf[id]);
}

function lastErrorText(t: ReturnType<typeof useTranslations<'keys'>>, status: number | null): string {
  return status === null ? t('lastErrorNone') : t('lastErrorIs', { status });
}
