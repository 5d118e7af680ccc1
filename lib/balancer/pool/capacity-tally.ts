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

interface Counted {
  readonly left: number;
  readonly limit: number | undefined;
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
  /** Of accounts with a name, which several keys may have. */
  readonly #counted = new Map<Account, Map<CapacityName, Counted>>();

  /** `capacity`: what is left for the key, of the model or of all models. */
  add(key: KeyState, capacity: Capacity, model: string, now: number): void {
    if (key.disabled !== undefined) return;
    this.#keys += 1;
    let isKnown = false;
    const restsUntil = coolingUntil(key, model);
    for (const name of CAPACITY_NAMES) {
      const room = capacity[name];
      if (room === undefined) continue;
      isKnown = true;
      this.#count(key.account, name, room, rests(name, room, restsUntil, now) ? 0 : room.left);
    }
    if (isKnown) this.#knownKeys += 1;
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

  #count(account: Account, name: CapacityName, { source, resetsAt, limit }: Room, left: number): void {
    const tally = this.#tallyOf(name);
    tally.keys += 1;
    tally.sources.add(source);
    tally.resetsAt = Math.max(tally.resetsAt, resetsAt ?? 0);
    const next = { left, limit };
    if (account.name === undefined) add(tally, next, 1);
    else this.#countShared(this.#countedOf(account), tally, name, next);
  }

  #countShared(counted: Map<CapacityName, Counted>, tally: Tally, name: CapacityName, next: Counted): void {
    const before = counted.get(name);
    if (before !== undefined && before.left >= next.left) return;
    if (before !== undefined) add(tally, before, -1);
    add(tally, next, 1);
    counted.set(name, next);
  }

  #tallyOf(name: CapacityName): Tally {
    let tally = this.#rooms.get(name);
    if (tally === undefined) {
      tally = { left: 0, limit: 0, unknownLimits: 0, keys: 0, sources: new Set(), resetsAt: 0 };
      this.#rooms.set(name, tally);
    }
    return tally;
  }

  #countedOf(account: Account): Map<CapacityName, Counted> {
    let counted = this.#counted.get(account);
    if (counted === undefined) {
      counted = new Map();
      this.#counted.set(account, counted);
    }
    return counted;
  }
}

function add(tally: Tally, { left, limit }: Counted, sign: 1 | -1): void {
  tally.left += sign * left;
  tally.limit += sign * (limit ?? 0);
  if (limit === undefined) tally.unknownLimits += sign;
}

/** A rest that ends before its day does leaves what is left of the day. */
function rests(name: CapacityName, { resetsAt }: Room, restsUntil: number, now: number): boolean {
  if (restsUntil <= now) return false;
  return name.endsWith('PerDay') ? restsUntil >= (resetsAt ?? now + DAY_MS) : true;
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
