import { runAttempts } from '../../lib/balancer/attempts/attempt-loop';
import type { Dialed, Transport } from '../../lib/balancer/attempts/transport';
import { DIRECT } from '../../lib/balancer/egress/binding';
import { Egresses } from '../../lib/balancer/egress/egresses';
import { SILENT } from '../../lib/balancer/events';
import { ANSWER } from '../../lib/balancer/facts';
import type { Lease } from '../../lib/balancer/pool/lease';
import { Pool, type PoolConfig } from '../../lib/balancer/pool/pool';
import type { SelectionPolicyName } from '../../lib/balancer/policies/all';
import { Hedging } from '../../lib/balancer/attempts/hedging';
import type { Random, StopSignal } from '../../lib/balancer/ports';
import { Stop } from '../../lib/balancer/stop';
import { defaultSettings } from '../../lib/config/settings';
import { readAnswer } from '../../lib/openai/answer/answer-facts';
import { WaitingRoom } from '../../lib/balancer/waiting/waiting-room';
import { accountOf } from '../../lib/openai/limits/account';
import { seenLimits } from '../../lib/openai/limits/seen-limits';
import type { VirtualTime } from './virtual-time';
import { tokensOf, type NightKey, type NightRequest, type World, type WorldAnswer } from './world';

export interface Stage {
  readonly time: VirtualTime;
  readonly world: World;
  readonly keys: readonly NightKey[];
  readonly random: Random;
}

export interface Router {
  /** Resolves when the first byte of an answer has come, or none will; with whether it has. */
  serve(request: NightRequest): Promise<boolean>;
  /** Keys that were taken out of use although they worked. */
  readonly wronglyDisabled: number;
}

/** The balancer of this repository; what is not given is as by default. */
export class Balancer implements Router {
  readonly #keys: ReadonlyMap<string, NightKey>;
  readonly #wrong = new Set<string>();
  readonly #pool: Pool;
  readonly #waitingRoom: WaitingRoom;
  readonly #hedging: Hedging;

  constructor(
    private readonly stage: Stage,
    policy: SelectionPolicyName,
    { hedgeMs = 0, waitMs = defaultSettings.WAIT_SECONDS * 1_000 } = {},
  ) {
    const { keys, random } = stage;
    this.#keys = new Map(keys.map((key) => [key.keyId, key]));
    const events = {
      ...SILENT,
      keyChanged: (_provider: string, key: Lease['key'], change: string) => {
        if (change === 'disabled') this.#note(key.config.keyId);
      },
    };
    const rules = { waitMs, queueMax: defaultSettings.WAIT_QUEUE_MAX };
    this.#waitingRoom = new WaitingRoom(stage.time, () => rules);
    this.#hedging = new Hedging(() => ({ afterMs: hedgeMs }));
    this.#pool = new Pool(poolConfig(policy), random, events, new Egresses(random, events));
    this.#pool.setKeys(
      keys.map(({ keyId }) => ({ keyId, secret: keyId, hint: keyId, weight: 1 })),
      () => undefined,
    );
  }

  get wronglyDisabled(): number {
    return this.#wrong.size;
  }

  async serve(request: NightRequest): Promise<boolean> {
    const { time, random } = this.stage;
    const asked = {
      method: 'POST',
      path: '/chat/completions',
      isStream: true,
      model: request.model,
      affinity: undefined,
      tokens: request.promptTokens + request.askedTokens,
      mayBeSentTwice: () => true,
      signal: new Stop(),
    };
    const transport: Transport<true> = {
      dial: (_pool, lease, signal) => this.#dial(lease, request, signal),
      discard: () => undefined,
    };
    const ports = { clock: time, random, waitingRoom: this.#waitingRoom, hedging: this.#hedging };
    const result = await runAttempts(asked, [{ pool: this.#pool }], transport, ports);
    if (result.kind !== 'commit') return false;
    time.at(time.now() + request.restMs, () =>
      this.#pool.finish(result.lease, 'whole', '', time.now(), tokensOf(request)),
    );
    return true;
  }

  /** One that is ended before its first byte has used the key's limits all the same. */
  async #dial(lease: Lease, request: NightRequest, signal: StopSignal): Promise<Dialed<true>> {
    const { time, world } = this.stage;
    const key = this.#keys.get(lease.key.config.keyId);
    if (key === undefined) throw new Error(`no key ${lease.key.config.keyId}`);
    const answer = world.answer(key, request, time.now());
    await time.sleep(answer.afterMs, signal);
    if (signal.aborted) return { outcome: { kind: 'client_closed' }, answer: undefined };
    const limits = seenLimits(answer.headers, time.now());
    const account = accountOf(answer.headers);
    if (answer.status === 200) {
      return { outcome: { kind: 'answer', status: 200, facts: ANSWER, limits, account }, answer: true };
    }
    const read = readAnswer({ ...answer, model: request.model }, time.now());
    return { outcome: { kind: 'answer', ...read, limits, account }, answer: true };
  }

  #note(keyId: string): void {
    const key = this.#keys.get(keyId);
    if (key !== undefined && this.stage.world.isAlive(key, this.stage.time.now())) this.#wrong.add(keyId);
  }
}

function poolConfig(policy: SelectionPolicyName): PoolConfig {
  const { MAX_FAILURES, MAX_RETRIES, COOLDOWN_SECONDS } = defaultSettings;
  return {
    provider: 'night',
    maxFailures: MAX_FAILURES,
    maxRetries: MAX_RETRIES,
    cooldownMs: COOLDOWN_SECONDS * 1000,
    policy,
    egress: DIRECT,
  };
}

const BLIND_ATTEMPTS = 4;

/** One key after the other, and the next three if it fails. */
export function blindRoundRobin({ time, world, keys }: Stage): Router {
  let next = 0;
  return {
    async serve(request) {
      for (let attempt = 0; attempt < BLIND_ATTEMPTS; attempt += 1) {
        const key = keys[next++ % keys.length];
        if (key === undefined) return false;
        const answer = world.answer(key, request, time.now());
        await time.sleep(answer.afterMs);
        if (answer.status === 200) return true;
      }
      return false;
    },
    wronglyDisabled: 0,
  };
}

/** How long a client of the omniscient router waits for its turn. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 100;

interface Waiting {
  readonly request: NightRequest;
  readonly until: number;
  readonly settle: (answer: WorldAnswer | undefined) => void;
}

/**
 * Knows what only the provider knows, draws no refusal, and lets requests wait their turn: what it serves is what is
 * possible. Only which request a failing provider will fail it cannot know: it asks again.
 */
export class Omniscient implements Router {
  readonly wronglyDisabled = 0;
  readonly #queues = new Map<string, Waiting[]>();
  #isLooking = false;

  constructor(private readonly stage: Stage) {}

  async serve(request: NightRequest): Promise<boolean> {
    const { time } = this.stage;
    const queue = this.#queues.get(request.model) ?? [];
    this.#queues.set(request.model, queue);
    const until = time.now() + PATIENCE_MS;
    for (;;) {
      const answer =
        (queue.length === 0 ? this.#ask(request) : undefined) ?? (await this.#wait(request, until, queue));
      if (answer === undefined) return false;
      await time.sleep(answer.status === 200 ? request.firstByteMs : answer.afterMs);
      if (answer.status === 200) return true;
    }
  }

  #wait(request: NightRequest, until: number, queue: Waiting[]): Promise<WorldAnswer | undefined> {
    return new Promise((settle) => {
      queue.push({ request, until, settle });
      this.#lookLater();
    });
  }

  #lookLater(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { time } = this.stage;
    time.at(time.now() + LOOK_EVERY_MS, () => this.#look());
  }

  #look(): void {
    this.#isLooking = false;
    for (const queue of this.#queues.values()) {
      for (let first = queue[0]; first !== undefined; first = queue[0]) {
        const answer = this.#ask(first.request);
        if (answer === undefined && this.stage.time.now() < first.until) break;
        queue.shift();
        first.settle(answer);
      }
    }
    if ([...this.#queues.values()].some(({ length }) => length > 0)) this.#lookLater();
  }

  /** With the key that fewest requests could use, and of these the fullest. */
  #ask(request: NightRequest): WorldAnswer | undefined {
    const { time, world, keys } = this.stage;
    const now = time.now();
    if (world.isOut(now)) return undefined;
    const left = ({ account }: NightKey) =>
      Math.min(account.requests.left(now), account.tokens.left(now) / tokensOf(request));
    const [best] = keys
      .filter((key) => world.waitMs(key, request, now) === 0)
      .toSorted((a, b) => a.models.size - b.models.size || left(b) - left(a));
    return best && world.answer(best, request, now);
  }
}
