'use client';
import type { KeyItem, KeyStatus } from '@/lib/admin/contract/keys';
import { useTranslations } from '@/i18n/use-translations';
import { isolatedList } from '@/lib/client/isolated';
import { useRoomText } from '../limits/capacity-text';
import { roomsNow } from '../limits/capacity-view';
import { Countdown } from '../shared/time';
import { useNow } from '../shared/use-now';
import { Badge, Mark, type Tone } from '../ui/badge';
import { useSaid } from '../shared/use-said';

export const keyTones: Record<KeyStatus, Tone> = {
  active: 'good',
  cooling: 'warn',
  disabled_auto: 'bad',
  disabled_manual: 'neutral',
};

export function isDisabled({ status }: KeyItem): boolean {
  return status === 'disabled_auto' || status === 'disabled_manual';
}

/** When the last of its rests ends; 0 if it does not rest. */
export function restsUntil(key: KeyItem): number {
  return Math.max(key.cooldownUntil ?? 0, ...key.modelCooldowns.map(({ until }) => until));
}

export function KeyStatusBadge({ item }: { readonly item: KeyItem }) {
  const t = useTranslations('keys.statuses');
  const tone = keyTones[item.status];
  return (
    <Badge tone={tone}>
      <Mark tone={tone} />
      {t(item.status)}
      {item.status === 'cooling' && <Countdown until={restsUntil(item)} />}
    </Badge>
  );
}

/** In a line: why it is out, or which models it rests for. */
export function KeyReason({ item }: { readonly item: KeyItem }) {
  const t = useTranslations('keys');
  const said = useSaid();
  if (isDisabled(item)) {
    const reason = said(item, 'reason');
    return (
      <span className="text-ink-soft" title={reason}>
        {reason}
      </span>
    );
  }
  if (item.status === 'active') return <AtLimit item={item} />;
  const [first, ...others] = item.modelCooldowns;
  if (item.status !== 'cooling' || item.cooldownUntil !== null || first === undefined) return null;
  return (
    <span className="text-ink-soft" title={isolatedList(item.modelCooldowns.map(({ model }) => model))}>
      {others.length === 0
        ? t('forModel', { model: first.model })
        : t('forModels', { model: first.model, more: others.length })}
    </span>
  );
}

/** It is not out, and gets nothing all the same: what it has used up. */
function AtLimit({ item: { capacity } }: { readonly item: KeyItem }) {
  const t = useTranslations('keys');
  const textOf = useRoomText();
  const now = useNow();
  // Requests at a time come and go.
  const used = roomsNow(capacity, now).find(({ name, room }) => room.left === 0 && name !== 'concurrency');
  if (used === undefined) return null;
  return <span className="text-ink-soft">{t('atLimit', { left: textOf(used) })}</span>;
}
