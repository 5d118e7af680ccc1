import type { Instance } from './instances';

/** A server that has lost its pages gets them again within a second or two: nobody has died of that. */
const LOST_MS = 3_000;
/** Whoever lives says something new every second. */
const SILENT_MS = 4_000;

interface Seen {
  readonly instance: Instance;
  readonly at: number;
  /** When its page was last another one. */
  readonly saidAt: number;
}

/** Who lives, of those whose pages have been seen of late. */
export class Living {
  readonly #seen = new Map<string, Seen>();

  constructor(private readonly ownName: string) {}

  /**
   * What the pages say now. Returns those who live: a process that died, and was started anew before its page had
   * expired, does not count beside itself.
   */
  update(instances: readonly Instance[], now: number): readonly Instance[] {
    for (const instance of instances) {
      const before = this.#seen.get(instance.id);
      const isSilent = before?.instance.upMs === instance.upMs;
      this.#seen.set(instance.id, { instance, at: now, saidAt: isSilent ? before.saidAt : now });
    }
    for (const [id, { at }] of this.#seen) if (now - at > LOST_MS) this.#seen.delete(id);
    const seen = [...this.#seen.values()];
    const talking = seen.filter(({ saidAt }) => now - saidAt <= SILENT_MS);
    const names = new Set([this.ownName, ...talking.map(({ instance }) => instance.name)]);
    return seen
      .filter((one) => talking.includes(one) || !names.has(one.instance.name))
      .map(({ instance }) => instance);
  }
}
