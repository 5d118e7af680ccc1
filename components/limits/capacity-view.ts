import type { CapacityLeft, CapacityLeftOfKeys, CapacitySourceName } from '@/lib/admin/contract/capacity';

/** What is used up within a moment comes first, then the day's. */
export const roomNames = [
  'requestsPerMinute',
  'tokensPerMinute',
  'requests',
  'tokens',
  'concurrency',
  'requestsPerDay',
  'tokensPerDay',
] as const;
export type RoomName = (typeof roomNames)[number];

const ofToday: ReadonlySet<RoomName> = new Set(['requestsPerDay', 'tokensPerDay']);

/** One of a key, or of several. */
export type Room = Pick<CapacityLeft, 'left' | 'limit' | 'resetsAt'> &
  (Pick<CapacityLeft, 'source'> | Pick<CapacityLeftOfKeys, 'sources' | 'keys'>);

export type Rooms<R extends Room = Room> = { readonly [name in RoomName]?: R | undefined };

export interface NamedRoom {
  readonly name: RoomName;
  readonly room: Room;
}

/** What is known at this moment, in order: what was to be back by now is, unless nobody knows how much that is. */
export function roomsNow(rooms: Rooms, now: number): readonly NamedRoom[] {
  return roomNames.flatMap((name) => {
    const room = rooms[name];
    if (room === undefined) return [];
    const { limit, resetsAt } = room;
    if (resetsAt === null || now < resetsAt) return [{ name, room }];
    return limit === null ? [] : [{ name, room: { ...room, left: limit, resetsAt: null } }];
  });
}

/** What a model has that is not what all models draw on. */
export function ownRooms(rooms: readonly NamedRoom[], ofAll: readonly NamedRoom[]): readonly NamedRoom[] {
  const known = new Map(ofAll.map(({ name, room }) => [name, room]));
  return rooms.filter(({ name, room: { left, limit } }) => {
    const other = known.get(name);
    return other?.left !== left || other.limit !== limit;
  });
}

export function isOfToday({ name }: NamedRoom): boolean {
  return ofToday.has(name);
}

export function sourcesOf(room: Room): readonly CapacitySourceName[] {
  return 'sources' in room ? room.sources : [room.source];
}

/** From 0 to 1; 1 where nobody knows of how much. */
export function shareLeft({ left, limit }: Room): number {
  return limit === null || limit === 0 ? 1 : Math.min(1, left / limit);
}

/** The one that will hold requests back first. */
export function tightest(rooms: readonly NamedRoom[]): NamedRoom | undefined {
  return rooms.toSorted((a, b) => shareLeft(a.room) - shareLeft(b.room))[0];
}
