'use client';
import Link from 'next/link';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { useTranslations } from '@/i18n/use-translations';
import { isGone } from '@/lib/client/api-error';
import { formatCount } from '@/lib/client/format';
import { useLimitsText } from '../limits/limits-text';
import { useProviderLimits } from '../limits/use-provider-limits';
import { Facts } from '../shared/facts';
import { GoneNotice } from '../shared/gone-notice';
import { useKey } from '../shared/use-live-answers';
import { Moment, TimeAgo } from '../shared/time';
import { StatusCode } from '../shared/status-code';
import { Badge } from '../ui/badge';
import { Dialog } from '../ui/dialog';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { KeyActions } from './key-actions';
import { KeyCondition } from './key-condition';
import { KeyFailures } from './key-failures';
import { KeyForm } from './key-form';
import { KeyLeft } from './key-left';
import { KeyStatusBadge } from './key-status';
import { KeyUsage } from './key-usage';
import { keysHref } from './key-view';

interface KeyDrawerProps {
  /** Empty while it is closed. */
  readonly id: string;
  /** Of its usage, as the address has it. */
  readonly range: string;
  readonly onRange: (range: string) => void;
  readonly onClose: () => void;
}

/** Everything about one key. */
export function KeyDrawer({ id, range, onRange, onClose }: KeyDrawerProps) {
  const t = useTranslations('keys');
  const { shownId, leave } = useLeaving(id, onClose);
  const { data: item, error, refetch } = useKey(shownId);
  const hasGone = isGone(error);
  return (
    <Dialog
      shape="sheet"
      isOpen={shownId !== ''}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={
        item === undefined ? (
          t('columns.key')
        ) : (
          <span className="flex flex-wrap items-center gap-2">
            <span className="font-mono">{item.hint}</span>
            {!hasGone && <KeyStatusBadge item={item} />}
          </span>
        )
      }
      description={item === undefined ? undefined : <Origin item={item} />}
    >
      {hasGone ? (
        <GoneNotice of="key" onClose={onClose} />
      ) : item === undefined ? (
        error === null ? (
          <SkeletonRows />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <div className="grid gap-5">
          <KeyActions item={item} onGone={leave} />
          <KeyCondition item={item} />
          <KeyLeft item={item} />
          <KeyFacts item={item} />
          <KeyUsage id={item.id} range={range} onRange={onRange} />
          <KeyFailures id={item.id} />
          <KeyForm key={item.id} item={item} />
        </div>
      )}
    </Dialog>
  );
}

/** The address follows in its own time; by then a key that is deleted must not be asked for again. */
function useLeaving(id: string, onClose: () => void) {
  const [leftId, setLeftId] = useState('');
  if (leftId !== '' && leftId !== id) setLeftId('');
  const leave = () => {
    flushSync(() => setLeftId(id));
    onClose();
  };
  return { shownId: id === leftId ? '' : id, leave };
}

function Origin({ item }: { readonly item: KeyItem }) {
  const t = useTranslations('keys.drawer');
  return (
    <>
      {t('origin', { provider: item.provider, source: item.source })} · <Moment at={item.createdAt} />
    </>
  );
}

function KeyFacts({ item }: { readonly item: KeyItem }) {
  const t = useTranslations('keys');
  const limits = useLimitsInWords(item);
  return (
    <Facts
      facts={[
        { label: t('drawer.attempts'), value: formatCount(item.requestCount) },
        { label: t('drawer.faults'), value: formatCount(item.errorCount) },
        { label: t('drawer.failuresInARow'), value: item.failures },
        { label: t('columns.inFlight'), value: item.inFlight },
        { label: t('drawer.limits'), value: limits },
        { label: t('drawer.account'), value: <Account item={item} /> },
        { label: t('columns.tags'), value: item.tags.length === 0 ? '–' : <TagLinks tags={item.tags} /> },
        { label: t('columns.lastUsed'), value: <TimeAgo at={item.lastUsedAt} /> },
        {
          label: t('columns.lastError'),
          value:
            item.lastErrorAt === null ? (
              '–'
            ) : (
              <span className="inline-flex items-center gap-2">
                <StatusCode status={item.lastErrorStatus} />
                <TimeAgo at={item.lastErrorAt} />
              </span>
            ),
        },
      ]}
    />
  );
}

/** Its own limits, and those of its provider where it has none. */
function useLimitsInWords({ limits, provider }: KeyItem): string {
  const t = useTranslations('keys.drawer');
  const textOf = useLimitsText();
  const inherited = useProviderLimits(provider);
  if (limits === null) {
    return inherited === null ? t('noLimits') : t('limitsOfProvider', { limits: textOf(inherited) });
  }
  return textOf({ ...inherited, ...limits, models: { ...inherited?.models, ...limits.models } });
}

/** Each leads to the keys that have it. */
function TagLinks({ tags }: { readonly tags: readonly string[] }) {
  return (
    <span className="flex min-w-0 flex-wrap gap-1">
      {tags.map((tag) => (
        <Link key={tag} prefetch={false} href={keysHref({ tag })} className="hit min-w-0 hover:underline">
          <Badge className="block truncate">
            <bdi>{tag}</bdi>
          </Badge>
        </Link>
      ))}
    </span>
  );
}

/** Leads to the other keys of the account. */
function Account({ item: { account, learntAccount } }: { readonly item: KeyItem }) {
  const t = useTranslations('keys.drawer');
  const name = account ?? learntAccount;
  if (name === null) return '–';
  return (
    <>
      <Link prefetch={false} href={keysHref({ account: name })} className="hit hover:underline">
        <bdi>{name}</bdi>
      </Link>
      <span className="block text-xs text-ink-faint">
        {t(account === null ? 'accountLearnt' : 'accountSet')}
      </span>
    </>
  );
}
