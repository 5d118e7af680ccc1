import type { KeyState } from '../../balancer/pool/key-state';
import type { Pool } from '../../balancer/pool/pool';
import type { ProbeEffect } from '../../balancer/health/probe';
import type { Random } from '../../balancer/ports';
import type { Job } from '../../jobs/jobs';
import type { ProbedProvider } from './key-probe';
import { summarize, type ProbeReport } from './probe-report';
import {
  isSharedCause,
  ProbeRun,
  ProbeSlots,
  SHARED_CAUSE,
  textOf,
  type ProbeRunOptions,
  type ProbeRunPorts,
} from './probe-run';
import type { Tasks } from '../../tasks/tasks';

/** Which keys are to be probed. */
export type ProbeSelection =
  | { readonly kind: 'keys'; readonly keyIds: readonly string[] }
  /** All keys of the provider of that slug. */
  | { readonly kind: 'provider'; readonly provider: string }
  /** All keys that the program disabled. */
  | { readonly kind: 'disabled' };

/** What verifying one key came to. */
export interface KeyVerification {
  readonly outcome: 'alive' | 'rejected' | 'unproven';
  /** What the provider said. */
  readonly text: string;
  readonly effect: ProbeEffect;
}

export const PROBE_TASK = 'probe-keys';

const HOUR_MS = 3_600_000;
/** A scheduled run takes half its interval, but keeps at least and at most this between two probes. */
const GAP_MS = { min: 20, max: 200 };

/** Probes keys: when a person asks, and those that the program disabled regularly. */
export class KeyProber {
  readonly #slots = new ProbeSlots();
  /** Keys in doubt that are being probed. */
  readonly #doubted = new Set<string>();

  constructor(private readonly ports: ProbeRunPorts & { readonly tasks: Tasks }) {}

  /**
   * Traffic has rejected the key too often in ways that may not be its own: one probe decides whether it is taken out.
   * Has no effect while the key is being probed for that already. Never throws.
   */
  verifyInDoubt(keyId: string, signal: AbortSignal): void {
    const provider = this.#providerOf(keyId);
    if (provider === undefined || this.#doubted.has(keyId)) return;
    this.#doubted.add(keyId);
    this.#slots
      .use(provider.pool, () => this.verifyKey(keyId, signal))
      .catch(() => undefined)
      .finally(() => this.#doubted.delete(keyId));
  }

  /**
   * Probes the keys as a task whose result is a `ProbeReport`; returns the task's id. Ids of keys that do not exist are
   * left out. Keys that are alive come back; rejected ones are taken out of the rotation at once, since a person asked,
   * unless it may not be the keys. Keys disabled by a person are probed and stay disabled.
   */
  verify(selection: ProbeSelection): string {
    const keys = this.#select(selection);
    const label = labelOf(selection, countOf(keys));
    return this.#start(keys, label, { isScheduled: false, gapMs: 0 });
  }

  /**
   * The same for one key, at once and without a task; undefined if there is no such key, or it was removed meanwhile.
   */
  async verifyKey(keyId: string, signal: AbortSignal): Promise<KeyVerification | undefined> {
    const { clock, probe } = this.ports;
    const provider = this.#providerOf(keyId);
    const key = provider?.pool.key(keyId);
    if (provider === undefined || key === undefined) return undefined;
    const result = await probe(provider, key, signal);
    if (result.outcome === 'cancelled') return undefined;
    const text = textOf(result, key);
    if (result.outcome === 'unproven') return { outcome: 'unproven', text, effect: 'none' };

    const { pool } = provider;
    if (result.outcome === 'alive') {
      return { outcome: 'alive', text, effect: pool.probed(keyId, { isAlive: true }, clock.now()) };
    }
    const isShared = isSharedCause(pool);
    const { status, reason } = result;
    const proof = { isAlive: false, status, reason, mayDisable: !isShared } as const;
    const effect = pool.probed(keyId, proof, clock.now());
    return { outcome: 'rejected', text: isShared ? `${text} (${SHARED_CAUSE})` : text, effect };
  }

  /**
   * Probes the keys that the program disabled, in random order and spread over half the interval, so that traffic does
   * not notice. Providers that are disabled or in trouble are left alone. Resolves with what came of it, in words;
   * rejects if it failed.
   */
  async probeDisabled(intervalMs = HOUR_MS): Promise<string> {
    const enabled = this.ports.providers().filter(({ isEnabled }) => isEnabled);
    const keys = autoDisabled(enabled, this.ports.random);
    const count = countOf(keys);
    if (count === 0) return 'no key is disabled';
    const gapMs = Math.min(Math.max(intervalMs / 2 / count, GAP_MS.min), GAP_MS.max);
    const id = this.#start(keys, `Probe ${count} disabled keys`, { isScheduled: true, gapMs });
    const status = await this.ports.tasks.finished(id);
    if (status?.state === 'failed') throw new Error(status.error);
    return status?.result === undefined ? 'cancelled' : summarize(status.result as ProbeReport);
  }

  #start(keys: ReadonlyMap<Pool, readonly KeyState[]>, label: string, options: ProbeRunOptions): string {
    return this.ports.tasks.start({
      kind: PROBE_TASK,
      label,
      total: countOf(keys),
      run: (task) => new ProbeRun(this.ports, this.#slots, task, options).run(keys),
    });
  }

  #select(selection: ProbeSelection): ReadonlyMap<Pool, readonly KeyState[]> {
    const providers = this.ports.providers();
    if (selection.kind === 'disabled') return autoDisabled(providers, this.ports.random);
    if (selection.kind === 'provider') {
      const pools = providers.map(({ pool }) => pool);
      const pool = pools.find(({ config }) => config.provider === selection.provider);
      return new Map(pool === undefined ? [] : [[pool, pool.keys]]);
    }
    const keyIds = [...new Set(selection.keyIds)];
    const ofPool = (pool: Pool): KeyState[] => keyIds.flatMap((keyId) => pool.key(keyId) ?? []);
    return withKeys(providers.map(({ pool }) => [pool, ofPool(pool)]));
  }

  #providerOf(keyId: string): ProbedProvider | undefined {
    return this.ports.providers().find(({ pool }) => pool.key(keyId) !== undefined);
  }
}

/** The regular probing of keys that the program disabled. */
export function probeKeys(prober: KeyProber, intervalMs: () => number | undefined): Job {
  return { name: 'probe-keys', intervalMs, run: () => prober.probeDisabled(intervalMs()) };
}

function autoDisabled(
  providers: readonly ProbedProvider[],
  random: Random,
): ReadonlyMap<Pool, readonly KeyState[]> {
  return withKeys(
    providers.map(({ pool }) => [
      pool,
      shuffled(
        pool.keys.filter((key) => key.disabled?.by === 'auto'),
        random,
      ),
    ]),
  );
}

function withKeys(
  entries: readonly (readonly [Pool, readonly KeyState[]])[],
): Map<Pool, readonly KeyState[]> {
  return new Map(entries.filter(([, keys]) => keys.length > 0));
}

function countOf(keys: ReadonlyMap<Pool, readonly KeyState[]>): number {
  return [...keys.values()].reduce((count, ofPool) => count + ofPool.length, 0);
}

/** Fisher and Yates. */
function shuffled(keys: KeyState[], random: Random): KeyState[] {
  for (let i = keys.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random.next() * (i + 1));
    const [a, b] = [keys[i], keys[j]];
    if (a !== undefined && b !== undefined) [keys[i], keys[j]] = [b, a];
  }
  return keys;
}

function labelOf(selection: ProbeSelection, count: number): string {
  if (selection.kind === 'keys') return `Verify ${count} keys`;
  return selection.kind === 'provider'
    ? `Verify the ${count} keys of '${selection.provider}'`
    : `Verify ${count} disabled keys`;
}
