'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { formatCount } from '@/lib/client/format';
import { useRoomText } from '../limits/capacity-text';
import { ownRooms, roomsNow, shareLeft, tightest } from '../limits/capacity-view';
import { RoomList } from '../limits/room-list';
import { Section } from '../shared/section';
import { useNow } from '../shared/use-now';

interface KeyLeftProps {
  readonly item: KeyItem;
}

/** What is left for a key, now and today, as far as it is known. */
export function KeyLeft({ item: { capacity, status, account, learntAccount } }: KeyLeftProps) {
  const t = useTranslations('capacity');
  const now = useNow();
  const ofAll = roomsNow(capacity, now);
  const models = capacity.models.flatMap(({ model, ...rooms }) => {
    const own = ownRooms(roomsNow(rooms, now), ofAll);
    return own.length === 0 ? [] : [{ model, rooms: own }];
  });
  const isKnown = ofAll.length > 0 || models.length > 0;
  const isShared = account !== null || learntAccount !== null;
  return (
    <Section title={t('title')}>
      {!isKnown && <p className="text-xs text-ink-faint">{t('unknown')}</p>}
      {isKnown && isShared && <p className="text-xs text-ink-faint">{t('shared')}</p>}
      {isKnown && status.startsWith('disabled') && <p className="text-xs text-warn">{t('isOut')}</p>}
      {ofAll.length > 0 && <RoomList rooms={ofAll} />}
      {models.map(({ model, rooms }) => (
        <div key={model} className="grid min-w-0 gap-2">
          <h4 className="truncate font-mono text-xs font-medium" title={model}>
            {model}
          </h4>
          <RoomList rooms={rooms} />
        </div>
      ))}
    </Section>
  );
}

/** The limit of a key that will hold requests back first. */
export function LeftCell({ item: { capacity } }: KeyLeftProps) {
  const textOf = useRoomText();
  const now = useNow();
  const ofAll = tightest(roomsNow(capacity, now));
  const ofModels = capacity.models.flatMap(({ model, ...rooms }) => {
    const found = tightest(roomsNow(rooms, now));
    return found === undefined ? [] : [{ ...found, model }];
  });
  const ofModel = tightest(ofModels) as (typeof ofModels)[number] | undefined;
  const shown = ofAll ?? ofModel;
  if (shown === undefined) return null;
  const { left, limit } = shown.room;
  const look = left === 0 ? 'text-bad' : shareLeft(shown.room) <= 0.1 ? 'text-warn' : undefined;
  const text = textOf(shown);
  return (
    <span className={look} title={shown === ofModel ? `${ofModel.model}: ${text}` : text}>
      {formatCount(left)}
      {limit !== null && <span className="text-ink-faint"> / {formatCount(limit)}</span>}
    </span>
  );
}
