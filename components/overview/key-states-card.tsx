'use client';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyCounts, KeyStatusCount } from './key-state-rows';
import { keyStateRows } from './key-state-rows';
import { keysHref } from '../keys/key-view';
import { keyTones } from '../keys/key-status';
import { formatCount, formatShare } from '@/lib/client/format';
import { Mark, type Tone } from '../ui/badge';
import { Card } from '../ui/card';

const fills: Record<Tone, string> = {
  good: 'bg-good-mark',
  warn: 'bg-warn-mark',
  bad: 'bg-bad-mark',
  neutral: 'bg-line-strong',
  accent: 'bg-accent',
};

export function KeyStatesCard({ keys }: { readonly keys: KeyCounts }) {
  const t = useTranslations('keys');
  const o = useTranslations('overview');
  const rows = keyStateRows(keys);
  return (
    <Card
      title={o('keyStates')}
      aside={
        <Link prefetch={false} href="/keys" className="hit text-xs text-accent hover:underline">
          {t('total', { total: keys.total })}
        </Link>
      }
    >
      <div className="mb-3 flex h-2 gap-px overflow-hidden rounded-full bg-sunken" aria-hidden>
        {rows
          .filter(({ count }) => count > 0)
          .map(({ status, count }) => (
            <div key={status} className={fills[keyTones[status]]} style={{ flexGrow: count, minWidth: 3 }} />
          ))}
      </div>
      <ul className="-mx-2">
        {rows.map((row) => (
          <StateRow key={row.status} row={row} total={keys.total} />
        ))}
      </ul>
      <p className="mt-2 border-t border-line pt-2.5 text-xs text-ink-soft">
        {o('inFlight', { count: formatCount(keys.inFlight) })}
      </p>
    </Card>
  );
}

function StateRow({ row, total }: { readonly row: KeyStatusCount; readonly total: number }) {
  const t = useTranslations('keys.statuses');
  return (
    <li>
      <Link
        prefetch={false}
        href={keysHref({ status: row.status })}
        className="grid grid-cols-[auto_1fr_auto_4rem] items-center gap-2 rounded-md px-2 py-1.5 hover:bg-sunken"
      >
        <Mark tone={keyTones[row.status]} />
        <span>{t(row.status)}</span>
        <span className="font-medium">{formatCount(row.count)}</span>
        <span className="text-right text-xs text-ink-faint">{formatShare(row.count, total)}</span>
      </Link>
    </li>
  );
}
