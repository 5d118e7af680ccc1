/**
 * How a limit is known: `set` by a person, `told` by the provider's answers, or `paced`: found out by what was refused.
 */
export type CapacitySource = 'set' | 'told' | 'paced';

/** What is left of one limit. */
export interface Room {
  /** May be used at once. Never below 0. */
  readonly left: number;
  /** Undefined if no answer has told it. */
  readonly limit: number | undefined;
  readonly source: CapacitySource;
  /** When all of it is back, in the time of the live state; undefined if all is left, or nobody knows. */
  readonly resetsAt: number | undefined;
}

/** `requests` and `tokens`: of a span that no answer has told, or that is neither a minute nor a day. */
export const CAPACITY_NAMES = [
  'requestsPerMinute',
  'tokensPerMinute',
  'requestsPerDay',
  'tokensPerDay',
  'requests',
  'tokens',
  'concurrency',
] as const;
export type CapacityName = (typeof CAPACITY_NAMES)[number];

/** What is left of each limit that is known. One that nobody knows is absent: it is neither 0 nor without end. */
export type Capacity = { readonly [name in CapacityName]?: Room };

/** Takes down what is left, by limit: of several for the same the one with the least left counts. */
export class CapacityNote {
  readonly #rooms: { [name in CapacityName]?: Room } = {};

  get capacity(): Capacity {
    return this.#rooms;
  }

  /** Of a limit that is set. */
  addUsed(name: CapacityName, limit: number | undefined, used: number, resetsAt: number | undefined): void {
    if (limit === undefined) return;
    this.add(name, { left: Math.max(0, limit - used), limit, source: 'set', resetsAt });
  }

  add(name: CapacityName, room: Room): void {
    const known = this.#rooms[name];
    if (known === undefined || room.left < known.left) this.#rooms[name] = room;
  }
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What a limit of that span is called. */
export function capacityName(of: 'requests' | 'tokens', spanMs: number | undefined): CapacityName {
  if (spanMs === MINUTE_MS) return `${of}PerMinute`;
  return spanMs === DAY_MS ? `${of}PerDay` : of;
}
