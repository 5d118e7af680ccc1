'use client';
import { useQuery } from '@tanstack/react-query';
import { capacityQuery } from '@/lib/client/stats';
import { useNow } from '../shared/use-now';
import { RoomsText } from './capacity-text';
import { isOfToday, roomsNow, tightest } from './capacity-view';

interface ModelLeftProps {
  readonly model: string;
  /** Of one provider; of all that are enabled without it. */
  readonly providerId?: string;
}

/** Which limits of a model will hold requests back first, now and today; nothing where nobody knows. */
export function ModelLeft({ model, providerId }: ModelLeftProps) {
  const { data } = useQuery(capacityQuery);
  const now = useNow();
  const models =
    providerId === undefined ? data?.models : data?.providers.find(({ id }) => id === providerId)?.models;
  const found = models?.find((one) => one.model === model);
  const rooms = found === undefined ? [] : roomsNow(found.capacity, now);
  if (found === undefined || rooms.length === 0) return null;
  const [ofNow, ofToday] = [rooms.filter((one) => !isOfToday(one)), rooms.filter(isOfToday)].map(tightest);
  const shown = [ofNow, ofToday].filter((one) => one !== undefined);
  return (
    <span data-left className="flex flex-wrap gap-x-2 text-ink-soft">
      <RoomsText rooms={shown} known={found.capacity.knownKeys} />
    </span>
  );
}
