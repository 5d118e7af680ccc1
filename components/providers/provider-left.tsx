'use client';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from '@/i18n/use-translations';
import { capacityQuery } from '@/lib/client/stats';
import { formatCount } from '@/lib/client/format';
import { ownRooms, roomsNow, type NamedRoom } from '../limits/capacity-view';
import { RoomsText } from '../limits/capacity-text';
import { useNow } from '../shared/use-now';

const MODELS_SHOWN = 3;

/** What is left for a provider now and today, over its keys; nothing where nobody knows. */
export function ProviderLeft({ id }: { readonly id: string }) {
  const t = useTranslations('capacity');
  const { data } = useQuery(capacityQuery);
  const now = useNow();
  const provider = data?.providers.find((one) => one.id === id);
  if (provider === undefined) return null;
  const { capacity } = provider;
  const ofAll = roomsNow(capacity, now);
  const models = provider.models.flatMap((one) => {
    const rooms = ownRooms(roomsNow(one.capacity, now), ofAll);
    return rooms.length === 0 ? [] : [{ model: one.model, rooms, known: one.capacity.knownKeys }];
  });
  const known = Math.max(capacity.knownKeys, ...models.map((one) => one.known));
  if (ofAll.length === 0 && models.length === 0) return null;
  return (
    <div className="mt-3 grid gap-1.5 border-t border-line pt-2.5 text-xs">
      {ofAll.length > 0 && <LeftLine name={t('allModels')} rooms={ofAll} known={known} />}
      {models.slice(0, MODELS_SHOWN).map(({ model, rooms }) => (
        <LeftLine key={model} name={<span className="font-mono">{model}</span>} rooms={rooms} known={known} />
      ))}
      <p className="text-ink-faint">
        {t('known', { known: formatCount(known), keys: capacity.keys })}
        {models.length > MODELS_SHOWN && <> · {t('moreModels', { count: models.length - MODELS_SHOWN })}</>}
      </p>
    </div>
  );
}

interface LeftLineProps {
  readonly name: ReactNode;
  readonly rooms: readonly NamedRoom[];
  /** Keys of which anything is known. */
  readonly known: number;
}

function LeftLine({ name, rooms, known }: LeftLineProps) {
  return (
    <p className="flex min-w-0 flex-wrap items-baseline gap-x-3 gap-y-0.5">
      <span className="max-w-full truncate text-ink-soft">{name}</span>
      <RoomsText rooms={rooms} known={known} />
    </p>
  );
}
