import type { LiveTopic } from '../admin/contract/live';

/** What something shown may depend on. */
export type Topic = LiveTopic;

/**
 * For the `meta` of a query: it is asked anew when the stream has told of one of these, and no more often than
 * `paceMs`.
 */
export interface Follows extends Record<string, unknown> {
  readonly follows: readonly Topic[];
  readonly paceMs: number;
  /** So old it may become while nothing happens; Infinity if it changes by nothing else. */
  readonly keptMs: number;
}

export const follows = (topics: readonly Topic[], paceMs = PACE_MS, keptMs = KEPT_MS): Follows => ({
  follows: topics,
  paceMs,
  keptMs,
});

/** Something that is shown now. */
export interface Followed {
  readonly name: string;
  readonly topics: readonly Topic[];
  readonly paceMs: number;
  readonly keptMs: number;
  /** When the answer that is shown was asked for; undefined before the first. */
  readonly askedAt: number | undefined;
  readonly isAsking: boolean;
  /** The last attempt has failed. */
  readonly isFailing: boolean;
}

export interface FollowerPorts {
  now(): number;
  isVisible(): boolean;
  followed(): readonly Followed[];
  ask(name: string): void;
}

const PACE_MS = 1_000;
/** Of a server that fails, and of one whose stream is down. */
const SLOW_PACE_MS = 5_000;
/** Windows of time move on without traffic. */
const KEPT_MS = 60_000;
/** What is older than the news for so long, beside its pace, is not live. */
const BEHIND_MS_MAX = 3_000;

/**
 * Has asked anew for what the live stream can only hint at: at once, then no more often than its pace, one question at
 * a time, and not at all while nothing happens or nobody looks. An answer counts as new only if it was asked for after
 * the news came. While the stream is down everything is asked for every five seconds.
 */
export class LiveFollower {
  readonly #happenedAt = new Map<Topic, number>();
  readonly #askedAt = new Map<string, number>();
  readonly #behindSince = new Map<string, number>();
  readonly #paceMs = new Map<string, number>();
  #everythingAt = -Infinity;
  #isStreaming = false;

  constructor(private readonly ports: FollowerPorts) {}

  happened(topic: Topic, at = this.ports.now()): void {
    this.#happenedAt.set(topic, Math.max(at, this.#happenedAt.get(topic) ?? -Infinity));
  }

  /** It is not known what was missed. */
  everythingHappened(): void {
    this.#everythingAt = this.ports.now();
  }

  streaming(isStreaming: boolean): void {
    this.#isStreaming = isStreaming;
  }

  /** Since when something that is shown is behind, in the time of `now`; undefined while all is fresh enough. */
  get staleSince(): number | undefined {
    const now = this.ports.now();
    const late = [...this.#behindSince].filter(
      ([name, since]) => now - since > BEHIND_MS_MAX + (this.#paceMs.get(name) ?? PACE_MS),
    );
    return late.length === 0 ? undefined : Math.min(...late.map(([, since]) => since));
  }

  /** Call it whenever something has happened, and a few times a second. */
  check(): void {
    const now = this.ports.now();
    const names = new Set<string>();
    // A hidden page may be out of date; it asks again when it is shown.
    const followed = this.ports.isVisible() ? this.ports.followed() : [];
    for (const one of followed) {
      names.add(one.name);
      this.#paceMs.set(one.name, one.paceMs);
      this.#note(one, now);
      if (this.#isDue(one, now)) {
        this.#askedAt.set(one.name, now);
        this.ports.ask(one.name);
      }
    }
    for (const notes of [this.#askedAt, this.#behindSince, this.#paceMs]) {
      for (const name of notes.keys()) if (!names.has(name)) notes.delete(name);
    }
  }

  #isBehind({ topics, askedAt }: Followed): boolean {
    if (askedAt === undefined) return false;
    const times = topics.map((topic) => this.#happenedAt.get(topic) ?? -Infinity);
    return Math.max(this.#everythingAt, ...times) >= askedAt;
  }

  #note(one: Followed, now: number): void {
    if (!this.#isBehind(one) && !one.isFailing) this.#behindSince.delete(one.name);
    else if (!this.#behindSince.has(one.name)) this.#behindSince.set(one.name, now);
    else if (one.askedAt !== undefined && !one.isFailing) {
      // News keep coming: it is as old as the answer that is shown.
      const since = this.#behindSince.get(one.name) ?? now;
      this.#behindSince.set(one.name, Math.max(since, Math.min(now, one.askedAt)));
    }
  }

  #isDue(one: Followed, now: number): boolean {
    const { askedAt = -Infinity } = one;
    // The first question is the page's own; once it has failed, the next is ours.
    if (one.isAsking || (one.askedAt === undefined && !one.isFailing)) return false;
    const lastAt = Math.max(askedAt, this.#askedAt.get(one.name) ?? -Infinity);
    const paceMs = one.isFailing || !this.#isStreaming ? Math.max(one.paceMs, SLOW_PACE_MS) : one.paceMs;
    if (now - lastAt < paceMs) return false;
    return this.#isBehind(one) || now - askedAt >= this.#keptMs(one) || one.isFailing;
  }

  /** Without the stream nobody tells of changes: only what does not change by itself is not asked for again. */
  #keptMs({ keptMs }: Followed): number {
    return this.#isStreaming || keptMs === Infinity ? keptMs : 0;
  }
}
