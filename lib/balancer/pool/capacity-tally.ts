import {
  CAPACITY_NAMES,
  type Capacity,
  type CapacityName,
  type CapacitySource,
  type Room,
} from '../limits/capacity';
import type { Account } from '../limits/account';
import { coolingUntil } from './available';
import type { KeyState } from './key-state';

/** What is left of one limit over several keys: each account counts once. */
export interface RoomSum {
  /** Keys that rest have nothing left while they do. */
  readonly left: number;
  /** Undefined if that of some account is not known. */
  readonly limit: number | undefined;
  /** Keys of which it is known, those that rest among them. */
  readonly keys: number;
  readonly sources: readonly CapacitySource[];
  /** When all of it is back, in the time of the live state; undefined if all is left, or nobody knows. */
  readonly resetsAt: number | undefined;
}

export interface CapacitySum {
  /** Keys that are not disabled. */
  readonly keys: number;
  /** Those of them of which any limit is known. */
  readonly knownKeys: number;
  readonly rooms: { readonly [name in CapacityName]?: RoomSum };
}

interface Tally {
  left: number;
  limit: number;
  unknownLimits: number;
  keys: number;
  sources: Set<CapacitySource>;
  resetsAt: number;
}

const DAY_MS = 86_400_000;

/**
 * Sums up what is left for keys, one after the other, so that thousands can be looked at in slices. Disabled keys count
 * nowhere. Of keys that share an account the one with the most left counts.
 */
export class CapacityTally {
  #keys = 0;
  #knownKeys = 0;
  readonly #rooms = new Map<CapacityName, Tally>();
  /** What counts of accounts with a name, which several keys may have. */
  readonly #counted = new Map<Account, Capacity>();

  /** `capacity`: what is left for the key, of the model or of all models. */
  add(key: KeyState, capacity: Capacity, model: string, now: number): void {
    if (key.disabled !== undefined) return;
    this.#keys += 1;
    const restsUntil = coolingUntil(key, model);
    const leaves = restsUntil > now ? rested(capacity, restsUntil, now) : capacity;
    let isKnown = false;
    for (const name of CAPACITY_NAMES) {
      const room = leaves[name];
      if (room === undefined) continue;
      isKnown = true;
      this.#note(name, room);
    }
    if (isKnown) this.#knownKeys += 1;
    this.#count(key.account, leaves);
  }

  get sum(): CapacitySum {
    const rooms: { [name in CapacityName]?: RoomSum } = {};
    for (const [name, { left, limit, unknownLimits, keys, sources, resetsAt }] of this.#rooms) {
      rooms[name] = {
        left,
        limit: unknownLimits > 0 ? undefined : limit,
        keys,
        sources: [...sources].sort(),
        resetsAt: resetsAt === 0 ? undefined : resetsAt,
      };
    }
    return { keys: this.#keys, knownKeys: this.#knownKeys, rooms };
  }

  #note(name: CapacityName, { source, resetsAt }: Room): void {
    const tally = this.#tallyOf(name);
    tally.keys += 1;
    tally.sources.add(source);
    tally.resetsAt = Math.max(tally.resetsAt, resetsAt ?? 0);
  }

  #count(account: Account | undefined, rooms: Capacity): void {
    const shared = account?.name === undefined ? undefined : account;
    const before = shared && this.#counted.get(shared);
    const most: { [name in CapacityName]?: Room } = before === undefined ? rooms : { ...before };
    for (const name of CAPACITY_NAMES) {
      const [known, room] = [before?.[name], rooms[name]];
      if (room === undefined || (known !== undefined && known.left >= room.left)) continue;
      if (known !== undefined) add(this.#tallyOf(name), known, -1);
      add(this.#tallyOf(name), room, 1);
      most[name] = room;
    }
    if (shared !== undefined) this.#counted.set(shared, most);
  }

  #tallyOf(name: CapacityName): Tally {
    let tally = this.#rooms.get(name);
    if (tally === undefined) {
      tally = { left: 0, limit: 0, unknownLimits: 0, keys: 0, sources: new Set(), resetsAt: 0 };
      this.#rooms.set(name, tally);
    }
    return tally;
  }
}

function add(tally: Tally, { left, limit }: Room, sign: 1 | -1): void {
  tally.left += sign * left;
  tally.limit += sign * (limit ?? 0);
  if (limit === undefined) tally.unknownLimits += sign;
}

/** What a key that rests has left. A rest that ends before its day does leaves what is left of the day. */
function rested(capacity: Capacity, until: number, now: number): Capacity {
  const rooms: { [name in CapacityName]?: Room } = {};
  for (const name of CAPACITY_NAMES) {
    const room = capacity[name];
    if (room === undefined) continue;
    const isOfDay = name === 'requestsPerDay' || name === 'tokensPerDay';
    const staysLeft = isOfDay && until < (room.resetsAt ?? now + DAY_MS);
    rooms[name] = staysLeft ? room : { ...room, left: 0 };
  }
  return rooms;
}

/** Sums of different keys, such as those of several providers. */
export function addedUp(sums: readonly CapacitySum[]): CapacitySum {
  const rooms: { [name in CapacityName]?: RoomSum } = {};
  for (const name of CAPACITY_NAMES) {
    const parts = sums.flatMap((sum) => sum.rooms[name] ?? []);
    if (parts.length > 0) rooms[name] = addedRooms(parts);
  }
  const total = (count: (sum: CapacitySum) => number): number =>
    sums.reduce((whole, sum) => whole + count(sum), 0);
  return { keys: total((sum) => sum.keys), knownKeys: total((sum) => sum.knownKeys), rooms };
}

function addedRooms(parts: readonly RoomSum[]): RoomSum {
  const isUnknown = parts.some(({ limit }) => limit === undefined);
  const resetsAt = Math.max(...parts.map((part) => part.resetsAt ?? 0));
  return {
    left: parts.reduce((sum, { left }) => sum + left, 0),
    limit: isUnknown ? undefined : parts.reduce((sum, { limit = 0 }) => sum + limit, 0),
    keys: parts.reduce((sum, { keys }) => sum + keys, 0),
    sources: [...new Set(parts.flatMap(({ sources }) => sources))].sort(),
    resetsAt: resetsAt === 0 ? undefined : resetsAt,
  };
}
