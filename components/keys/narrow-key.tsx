'use client';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { useTranslations } from '@/i18n/use-translations';
import { formatCount } from '@/lib/client/format';
import { TimeAgo } from '../shared/time';
import { TwoLines } from '../shared/two-lines';
import { KeyReason, KeyStatusBadge } from './key-status';

/** A key in two lines: which, how it is, whose, why, and how much it does. */
export function NarrowKey({ item }: { readonly item: KeyItem }) {
  const t = useTranslations('keys');
  return (
    <TwoLines
      first={<span className="truncate font-mono text-xs">{item.hint}</span>}
      firstEnd={<KeyStatusBadge item={item} />}
      second={
        <>
          <bdi>{item.provider}</bdi> · {formatCount(item.requestCount)} {t('columns.requests')}
          {item.status !== 'active' && ' · '}
          <KeyReason item={item} />
          {item.tags.length > 0 && <> · {item.tags.join(', ')}</>}
        </>
      }
      secondEnd={<TimeAgo at={item.lastUsedAt} />}
    />
  );
}
