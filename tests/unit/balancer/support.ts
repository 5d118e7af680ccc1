import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LoopResult } from '../../../lib/balancer/attempts/attempt-loop';
import type { BalancedRequest } from '../../../lib/balancer/attempts/balanced-request';
import type { Dialed, Transport } from '../../../lib/balancer/attempts/transport';
import { runAttempts } from '../../../lib/balancer/attempts/attempt-loop';
import type { BreakerSnapshot } from '../../../lib/balancer/health/breaker';
import { DIRECT } from '../../../lib/balancer/egress/binding';
import type { EgressState } from '../../../lib/balancer/egress/state';
import { Egresses } from '../../../lib/balancer/egress/egresses';
import type { BalancerEvents, KeyChange } from '../../../lib/balancer/events';
import {
  newKeyState,
  type KeyConfig,
  type KeyState,
  type SavedKeyState,
} from '../../../lib/balancer/pool/key-state';
import type { Lease, LeaseRequest } from '../../../lib/balancer/pool/lease';
import { Pool, type PoolConfig, type Settled, type Shortage } from '../../../lib/balancer/pool/pool';
import type { Clock, HeaderRecord, Random } from '../../../lib/balancer/ports';
import { judge, type Outcome } from '../../../lib/balancer/attempts/verdict';
import { ANSWER, type Facts, type Subject } from '../../../lib/balancer/facts';
import { readAnswer } from '../../../lib/openai/answer/answer-facts';

/** Where every TestClock starts: 2026-01-01T00:00:00Z. */
export const START_MS = Date.UTC(2026, 0, 1);

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Stands still until the test moves it. */
export class TestClock implements Clock {
  /** Every sleep asked for, in milliseconds. */
  readonly sleeps: number[] = [];
  #now = START_MS;
  #sleepers: Sleeper[] = [];
  #onSleep: (() => void)[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    const slept = new Promise<void>((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      this.#sleepers.push({ at: this.#now + ms, wake: resolve });
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    for (const notify of this.#onSleep.splice(0)) notify();
    return slept;
  }

  /** Resolves when the code under test goes to sleep. */
  nextSleep(): Promise<void> {
    return new Promise((resolve) => this.#onSleep.push(resolve));
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#sleepers.filter(({ at }) => at <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
    for (const { wake } of due) wake();
  }

  /** Lets the work run to its end, moving the clock past each sleep. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => (isDone = true));
    for (;;) {
      // With somebody asleep already, everything that can happen without time passing happens first.
      await Promise.race([done, this.#sleepers.length > 0 ? nextTurn() : this.nextSleep()]);
      if (isDone) return done;
      const earliest = Math.min(...this.#sleepers.map(({ at }) => at));
      if (Number.isFinite(earliest)) this.advance(earliest - this.#now);
    }
  }
}

/** The same numbers for the same seed (mulberry32). */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed = 1) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}

export function keyConfig(keyId: string, over: Partial<KeyConfig> = {}): KeyConfig {
  return { keyId, secret: `SECRET-${keyId}`, hint: `sk-...${keyId}`, weight: 1, ...over };
}

export function keyState(keyId = 'a', over: Partial<KeyState> = {}): KeyState {
  return { ...newKeyState(keyConfig(keyId)), ...over };
}

/** Keys as a policy sees them: all in rotation. */
export function inRotation(keys: readonly KeyState[]): readonly KeyState[] {
  keys.forEach((key, index) => (key.rotationIndex = index));
  return keys;
}

export function poolConfig(over: Partial<PoolConfig> = {}): PoolConfig {
  return {
    provider: 'openai',
    maxFailures: 3,
    cooldownMs: 60_000,
    maxRetries: 3,
    policy: 'round_robin',
    egress: DIRECT,
    ...over,
  };
}

/** Writes down what the pool tells the world. */
export class EventLog implements BalancerEvents {
  readonly keyChanges: string[] = [];
  readonly breakerStates: BreakerSnapshot[] = [];
  readonly sharedCauses: {
    readonly reason: string;
    readonly keyIds: readonly string[];
    readonly egressId?: string;
  }[] = [];
  readonly egressChanges: string[] = [];
  readonly egressBreakers: string[] = [];

  readonly probesWanted: string[] = [];

  probeWanted(_provider: string, key: KeyState): void {
    this.probesWanted.push(key.config.keyId);
  }

  keyChanged(_provider: string, key: KeyState, change: KeyChange): void {
    this.keyChanges.push(`${key.config.keyId} ${change}`);
  }

  breakerChanged(_provider: string, breaker: BreakerSnapshot): void {
    this.breakerStates.push(breaker);
  }

  sharedCause(
    _provider: string,
    reason: string,
    keys: readonly KeyState[],
    egress: EgressState | undefined,
  ): void {
    const keyIds = keys.map((key) => key.config.keyId);
    this.sharedCauses.push({ reason, keyIds, ...(egress && { egressId: egress.config.egressId }) });
  }

  egressChanged(egress: EgressState): void {
    this.egressChanges.push(egress.config.egressId);
  }

  egressBreakerChanged(egress: EgressState, { state }: BreakerSnapshot): void {
    this.egressBreakers.push(`${egress.config.egressId} ${state}`);
  }
}

/** For pools whose requests go out directly. */
export function noEgresses(): Egresses {
  return new Egresses(new SeededRandom(), new EventLog());
}

/** One letter for each key. */
export function poolOf(keyIds: string, over: Partial<PoolConfig> = {}, events = new EventLog()): Pool {
  const pool = new Pool(poolConfig(over), new SeededRandom(), events, noEgresses());
  pool.setKeys(
    [...keyIds].map((keyId) => keyConfig(keyId)),
    () => undefined,
  );
  return pool;
}

export function bigPool(size: number, over: Partial<PoolConfig> = {}): Pool {
  const pool = new Pool(poolConfig(over), new SeededRandom(), new EventLog(), noEgresses());
  pool.setKeys(
    Array.from({ length: size }, (_, i) => keyConfig(`k${i}`)),
    () => undefined,
  );
  return pool;
}

export function setKeys(
  pool: Pool,
  keyIds: string,
  saved: Readonly<Record<string, SavedKeyState>> = {},
): void {
  pool.setKeys(
    [...keyIds].map((keyId) => keyConfig(keyId)),
    (keyId) => saved[keyId],
  );
}

/** What an upstream says of an error. */
export interface Said {
  readonly code: string;
  readonly message: string;
}

export const QUOTA: Said = { code: 'insufficient_quota', message: 'You exceeded your current quota' };
const DEAD_KEY: Said = { code: 'invalid_api_key', message: 'no' };

export function errorFacts(code: string, message = 'no'): Said {
  return { code, message };
}

/** An answer as it is read from the wire. A 401 or 403 is about the key unless it says something else. */
export function answered(status: number, headers: HeaderRecord = {}, error?: Said, now = START_MS): Outcome {
  if (status < 300) return { kind: 'answer', status, facts: ANSWER };
  const said = error ?? (status === 401 || status === 403 ? DEAD_KEY : undefined);
  const body = said === undefined ? '' : JSON.stringify({ error: said });
  return { kind: 'answer', ...readAnswer({ status, headers, body }, now) };
}

/** An answer that says this of that subject. */
export function says(subject: Subject, over: Partial<Facts> & { readonly status?: number } = {}): Outcome {
  const { status = subject === 'key' || subject === 'money' ? 401 : 400, ...facts } = over;
  return {
    kind: 'answer',
    status,
    facts: { subject, rule: 'test', code: undefined, message: undefined, ...facts },
  };
}

export function leaseRequest(over: Partial<LeaseRequest> = {}): LeaseRequest {
  return {
    model: 'gpt-4o',
    affinity: undefined,
    tokens: 0,
    tried: new Set(),
    refusedBy: new Set(),
    triedEgresses: new Set(),
    witness: {},
    isConfirming: false,
    ...over,
  };
}

/** Leases or fails the test. */
export function take(pool: Pool, now: number, over: Partial<LeaseRequest> = {}): Lease {
  const result = pool.lease(leaseRequest(over), now);
  if (!result.ok) throw new Error(`no lease: ${result.shortage.reason}`);
  return result.lease;
}

export function shortageOf(pool: Pool, now: number, over: Partial<LeaseRequest> = {}): Shortage {
  const result = pool.lease(leaseRequest(over), now);
  if (result.ok) throw new Error(`leased ${result.lease.key.config.keyId}`);
  return result.shortage;
}

/** Leases exactly this key, past the others. */
export function takeKey(pool: Pool, keyId: string, now: number, over: Partial<LeaseRequest> = {}): Lease {
  const others = new Set(pool.keys.filter((key) => key.config.keyId !== keyId));
  const lease = take(pool, now, { ...over, tried: others });
  if (lease.key.config.keyId !== keyId) throw new Error(`leased ${lease.key.config.keyId}, not ${keyId}`);
  return lease;
}

export function settle(pool: Pool, lease: Lease, outcome: Outcome, now: number): Settled {
  return pool.settle(lease, outcome, judge(outcome), now);
}

/** One whole use of the key: leased, answered, and read to the end if it was a success. */
export function use(
  pool: Pool,
  keyId: string,
  outcome: Outcome,
  now: number,
  over: Partial<LeaseRequest> = {},
): Settled {
  const lease = takeKey(pool, keyId, now, over);
  const settled = settle(pool, lease, outcome, now);
  pool.finish(lease, 'whole', '', now);
  return settled;
}

export function keyOf(pool: Pool, keyId: string): KeyState {
  const key = pool.key(keyId);
  if (key === undefined) throw new Error(`no key ${keyId}`);
  return key;
}

export interface TestAnswer {
  readonly number: number;
  readonly keyId: string;
}

export type Script = readonly Outcome[] | ((keyId: string, provider: string) => Outcome | Promise<Outcome>);

/** A client may leave while the answer is there but its first event is not. */
const COMES_WITH_ANSWER: ReadonlySet<Outcome['kind']> = new Set(['answer', 'client_closed']);

/** Answers each dial from the script, and counts what becomes of the answers. */
export class ScriptedTransport implements Transport<TestAnswer> {
  /** Keys in the order they were dialed. */
  readonly dials: string[] = [];
  readonly providers: string[] = [];
  readonly answers: TestAnswer[] = [];
  readonly discarded: TestAnswer[] = [];

  constructor(private readonly script: Script) {}

  async dial(pool: Pool, lease: Lease): Promise<Dialed<TestAnswer>> {
    const { keyId } = lease.key.config;
    const number = this.dials.push(keyId);
    this.providers.push(pool.config.provider);
    const outcome =
      typeof this.script === 'function'
        ? await this.script(keyId, pool.config.provider)
        : this.script[number - 1];
    if (outcome === undefined) throw new Error(`attempt ${number} is not in the script`);
    if (!COMES_WITH_ANSWER.has(outcome.kind)) return { outcome, answer: undefined };
    const answer = { number, keyId };
    this.answers.push(answer);
    return { outcome, answer };
  }

  discard(answer: TestAnswer): void {
    this.discarded.push(answer);
  }
}

export function request(over: Partial<BalancedRequest> = {}): BalancedRequest {
  return {
    method: 'POST',
    path: '/chat/completions',
    model: 'gpt-4o',
    affinity: undefined,
    signal: new AbortController().signal,
    ...over,
  };
}

export interface Run {
  readonly result: LoopResult<TestAnswer>;
  readonly transport: ScriptedTransport;
  readonly clock: TestClock;
}

/** Runs one request to its end; waits cost no time. */
export async function run(
  pools: Pool | readonly Pool[],
  script: Script,
  over: Partial<BalancedRequest> = {},
  clock = new TestClock(),
): Promise<Run> {
  const transport = new ScriptedTransport(script);
  const list = pools instanceof Pool ? [pools] : pools;
  const ports = { clock, random: new SeededRandom() };
  const result = await clock.drive(
    runAttempts(
      request(over),
      list.map((pool) => ({ pool })),
      transport,
      ports,
    ),
  );
  return { result, transport, clock };
}
