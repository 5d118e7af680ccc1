import type { Egresses } from '../balancer/egress/egresses';
import type { Disabled } from '../balancer/health/disabled';
import type { SeenElsewhere } from '../balancer/health/seen-elsewhere';
import { SILENT, type BalancerEvents, type KeyChange } from '../balancer/events';
import { savedStateOf, type KeyState } from '../balancer/pool/key-state';
import type { Pool } from '../balancer/pool/pool';
import type { KeyMessage, Message } from './messages';

/** What a change of a key tells the others besides its rests. */
interface Told {
  readonly isEased: boolean;
  readonly ofFailures: boolean;
  readonly ofUse: boolean;
}

const RESTS: Told = { isEased: false, ofFailures: false, ofUse: false };

const TOLD: Readonly<Partial<Record<KeyChange, Told>>> = {
  rested: RESTS,
  penalised: { ...RESTS, ofFailures: true },
  disabled: { ...RESTS, ofFailures: true, ofUse: true },
  recovered: { ...RESTS, ofFailures: true, ofUse: true },
  forgiven: { isEased: true, ofFailures: true, ofUse: true },
};

export interface SharedStatesParts {
  readonly pools: ReadonlyMap<string, Pool>;
  readonly egresses: Pick<Egresses, 'get'>;
  /** Steady; milliseconds. */
  readonly now: () => number;
  /** For all others: what `make` gives when it is sent. What was to be sent of that name before is not. */
  readonly send: (name: string, make: () => Message) => void;
}

/**
 * Tells others what happens to keys, providers and proxies here, and takes over what happens to theirs, long before the
 * database knows. What a person says travels by the database, and stands.
 */
export class SharedStates {
  constructor(private readonly parts: SharedStatesParts) {}

  /** Hears of everything here. */
  readonly events: BalancerEvents = {
    ...SILENT,
    keyChanged: (_, key, change) => {
      const told = TOLD[change];
      if (told !== undefined) this.#tell(key, told);
    },
    breakerChanged: (provider, { state }) => {
      if (state !== 'open') return;
      this.parts.send(`provider:${provider}`, () => ({ kind: 'provider_failing', provider }));
    },
    egressBreakerChanged: ({ config: { egressId } }, { state }) => {
      if (state !== 'open') return;
      this.parts.send(`proxy:${egressId}`, () => ({ kind: 'proxy_failing', egressId }));
    },
  };

  /** Whatever rests, for those who may not have heard of it. Who is out of use stands in the database. */
  tellAll(): void {
    for (const pool of this.parts.pools.values()) {
      for (const key of pool.keys) if (this.#isResting(key)) this.#tell(key, RESTS);
    }
  }

  /** From another instance, `ageMs` ago. */
  take(message: Message, ageMs: number): void {
    const { pools, egresses, now } = this.parts;
    if (message.kind === 'provider_failing') {
      for (const pool of pools.values()) if (pool.config.provider === message.provider) pool.warned(now());
    }
    if (message.kind === 'proxy_failing') egresses.get(message.egressId)?.breaker.warned(now());
    if (message.kind === 'key') this.#takeKey(message, ageMs);
  }

  #takeKey({ keyId, epoch, restMs, models, isEased, failures, use }: KeyMessage, ageMs: number): void {
    const now = this.parts.now();
    const until = (ms: number): number => (ms === 0 ? 0 : now + Math.max(0, ms - ageMs));
    const seen: SeenElsewhere = {
      epoch,
      disabled: use === undefined ? 'ours' : disabledOf(use),
      failures: failures ?? 0,
      streak: failures === undefined ? undefined : failures === 0 ? 'ended' : 'goes_on',
      cooldownUntil: until(restMs),
      modelCooldowns: Object.fromEntries(models.map(([model, ms]) => [model, until(ms)])),
      isEased,
    };
    for (const pool of this.parts.pools.values()) if (pool.adopt(keyId, seen, now)) return;
  }

  #isResting(key: KeyState): boolean {
    const { cooldownUntil, modelCooldowns } = savedStateOf(key, this.parts.now());
    return cooldownUntil > 0 || Object.keys(modelCooldowns).length > 0;
  }

  /** Each kind by itself, so that none takes the place of one that says more. */
  #tell(key: KeyState, told: Told): void {
    const name = `key:${key.config.keyId}:${Object.values(told).join()}`;
    this.parts.send(name, () => messageOf(key, told, this.parts.now()));
  }
}

function disabledOf({ isOut, reason }: NonNullable<KeyMessage['use']>): Disabled | undefined {
  return isOut ? { by: 'auto', reason } : undefined;
}

/** As it is now, whatever it was when it changed. */
function messageOf(key: KeyState, { isEased, ofFailures, ofUse }: Told, now: number): KeyMessage {
  const { disabled, failures, cooldownUntil, modelCooldowns } = savedStateOf(key, now);
  const isOurs = ofUse && disabled?.by !== 'manual';
  return {
    kind: 'key',
    keyId: key.config.keyId,
    epoch: key.epoch,
    restMs: Math.max(0, cooldownUntil - now),
    models: Object.entries(modelCooldowns).map(([model, until]) => [model, until - now]),
    isEased,
    ...(ofFailures && { failures }),
    ...(isOurs && { use: { isOut: disabled !== undefined, reason: disabled?.reason ?? '' } }),
  };
}
