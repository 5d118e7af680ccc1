import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unavailableReason } from '../../../../lib/balancer/pool/available';
import type { KeyState } from '../../../../lib/balancer/pool/key-state';
import type { Lease } from '../../../../lib/balancer/pool/lease';
import { SELECTION_POLICIES, type SelectionPolicyName } from '../../../../lib/balancer/policies/all';
import { Pool, type Undecided } from '../../../../lib/balancer/pool/pool';
import { judge, VERDICTS, type Outcome } from '../../../../lib/balancer/attempts/verdict';
import {
  answered,
  EventLog,
  keyConfig,
  leaseRequest,
  noEgresses,
  poolConfig,
  QUOTA,
  says,
  SeededRandom,
  START_MS as NOW,
} from '../support';

const KEY_IDS = ['a', 'b', 'c', 'd', 'e', 'f'];
const MODELS = ['gpt-4o', 'o3', ''];

/** What must be true of the pool, told without it. */
interface Model {
  now: number;
  open: Lease[];
  /** Keys a person has disabled and not reset. */
  readonly manual: Set<KeyState>;
  /** What only contrast decides. */
  readonly undecided: Undecided[];
}

type Command = fc.Command<Model, Pool>;

const always = { check: () => true };

function lease(
  model: string,
  triedIds: readonly string[],
  isConfirming: boolean,
  isRefused: boolean,
): Command {
  return {
    ...always,
    run: (state, pool) => {
      const tried = new Set(pool.keys.filter(({ config }) => triedIds.includes(config.keyId)));
      const available = pool.keys.filter((key) => unavailableReason(key, model, state.now) === undefined);
      const isClosed = pool.breaker.state === 'closed';
      const result = pool.lease(
        leaseRequest({
          model,
          tried,
          isConfirming,
          refusedBy: isRefused ? tried : new Set(),
          affinity: model,
        }),
        state.now,
      );
      if (result.ok) {
        const { key } = result.lease;
        expect(available).toContain(key);
        expect(pool.key(key.config.keyId)).toBe(key);
        if (tried.has(key)) {
          expect(available.every((other) => tried.has(other))).toBe(true);
          expect(isRefused).toBe(false);
        }
        expect(pool.restReasonOf(model) === undefined).toBe(result.lease.modelProbe === undefined);
        expect(result.lease.probe === undefined).toBe(isClosed);
        const skippedIds = result.lease.skipped.map(({ keyId }) => keyId);
        expect(new Set(skippedIds).size).toBe(skippedIds.length);
        expect(skippedIds).not.toContain(key.config.keyId);
        state.open.push(result.lease);
        return;
      }
      // A shortage is never told while an available key and a closed breaker are there, and its time is true.
      const { reason, retryAfterMs } = result.shortage;
      if (reason === 'model_resting') {
        expect(pool.restReasonOf(model)).toBeDefined();
        expect(retryAfterMs).toBeGreaterThan(0);
      } else if (isClosed && !isConfirming && !isRefused) {
        expect(available).toEqual([]);
        const active = pool.keys.filter(({ disabled }) => disabled === undefined);
        if (reason === 'all_cooling') {
          const waits = active.map(({ cooldown, modelCooldowns, account, limits }) => {
            const restMs = Math.max(cooldown.until, modelCooldowns?.get(model)?.until ?? 0) - state.now;
            return Math.max(restMs, account?.waitMs(limits, model, 0, state.now) ?? 0);
          });
          expect(retryAfterMs).toBe(Math.min(...waits));
        } else {
          expect(reason).toBe(pool.size === 0 ? 'no_keys' : 'all_disabled');
          expect(active).toEqual([]);
        }
      }
    },
    toString: () =>
      `lease(${model}, tried ${triedIds.join('')}${isConfirming ? ', confirming' : ''}${isRefused ? ', new' : ''})`,
  };
}

function settle(which: number, outcome: Outcome): Command {
  return {
    check: ({ open }) => open.length > 0,
    run: (state, pool) => {
      const [settled] = state.open.splice(which % state.open.length, 1);
      const cooling = untilOf(settled!.key);
      pool.settle(settled!, outcome, judge(outcome), state.now);
      const verdict = judge(outcome);
      const isCommitted = verdict.next === 'commit';
      if (verdict.key === 'denied' || verdict.key === 'contrast') {
        state.undecided.push({ lease: settled!, outcome, verdict });
      }
      expect(settled!.isReleased).toBe(!isCommitted);
      // Nothing but a shared cause ends a rest early, and what is alike about money.
      if (pool.breaker.cause !== 'shared_cause' && verdict.key !== 'quota')
        expect(untilOf(settled!.key)).toBeGreaterThanOrEqual(cooling);
      if (isCommitted) {
        expect(settled!.key.failures).toBe(0);
        state.open.push(settled!);
      }
    },
    toString: () => `settle(${which}, ${JSON.stringify(outcome)})`,
  };
}

/** Another key answers what some have refused. */
function contrast(which: number): Command {
  return {
    check: ({ open, undecided }) => open.length > 0 && undecided.length > 0,
    run: (state, pool) => {
      const [decided] = state.undecided.splice(which % state.undecided.length, 1);
      const { key, model } = decided!.lease;
      const { failures, countedAt, disabled: wasDisabled } = key;
      pool.contrast(decided!, state.open[which % state.open.length]!, state.now);
      const isDenied = decided!.verdict.key === 'denied';
      const isOfLast = countedAt !== undefined && decided!.lease.begunAt <= countedAt;
      expect(key.failures).toBe(failures + (isDenied || isOfLast ? 0 : 1));
      expect(key.disabled).toBe(wasDisabled);
      expect(unavailableReason(key, model, state.now)).toBeDefined();
    },
    toString: () => `contrast(${which})`,
  };
}

function finish(which: number, end: 'whole' | 'cut' | 'client_closed'): Command {
  return {
    check: ({ open }) => open.length > 0,
    run: (state, pool) => {
      const [finished] = state.open.splice(which % state.open.length, 1);
      const verdict = end === 'whole' ? end : VERDICTS[end];
      pool.finish(finished!, verdict, end, state.now);
      pool.finish(finished!, verdict, end, state.now);
      expect(finished!.isReleased).toBe(true);
    },
    toString: () => `finish(${which}, ${end})`,
  };
}

function advance(ms: number): Command {
  return { ...always, run: (state) => void (state.now += ms), toString: () => `advance(${ms})` };
}

function setKeys(keyIds: readonly string[]): Command {
  return {
    ...always,
    run: (state, pool) => {
      const before = new Map(pool.keys.map((key) => [key.config.keyId, key]));
      pool.setKeys(
        keyIds.map((keyId) => keyConfig(keyId)),
        () => undefined,
      );
      expect(pool.keys.map(({ config }) => config.keyId)).toEqual(keyIds);
      for (const key of pool.keys) {
        const known = before.get(key.config.keyId);
        if (known !== undefined) expect(key).toBe(known);
        before.delete(key.config.keyId);
      }
      for (const gone of before.values()) state.manual.delete(gone);
    },
    toString: () => `setKeys(${keyIds.join('')})`,
  };
}

function reset(keyId: string): Command {
  return {
    ...always,
    run: (state, pool) => {
      const key = pool.key(keyId);
      expect(pool.reset(keyId)).toBe(key !== undefined);
      if (key !== undefined) state.manual.delete(key);
    },
    toString: () => `reset(${keyId})`,
  };
}

function disable(keyId: string): Command {
  return {
    ...always,
    run: (state, pool) => {
      const key = pool.key(keyId);
      expect(pool.disable(keyId, 'mine')).toBe(key !== undefined);
      if (key !== undefined) state.manual.add(key);
    },
    toString: () => `disable(${keyId})`,
  };
}

function untilOf(key: KeyState): number {
  return key.cooldown.until;
}

/**
 * Holds after every command: what is wrong, in words. One expectation for all of it, because there are very many
 * commands.
 */
function faultsOf(state: Model, pool: Pool): string[] {
  const faults: string[] = [];
  const must = (isTrue: boolean, what: string): void => void (isTrue || faults.push(what));
  const open = new Map<KeyState, number>();
  for (const { key } of state.open) open.set(key, (open.get(key) ?? 0) + 1);
  const members = new Set(pool.keys);
  for (const key of new Set([...members, ...open.keys()])) {
    const { keyId } = key.config;
    must(key.inFlight === (open.get(key) ?? 0), `in flight of ${keyId}`);
    must(key.failures >= 0, `failures of ${keyId}`);
    const isIn = members.has(key) && key.disabled === undefined;
    must(isIn === key.rotationIndex >= 0, `place of ${keyId} in the rotation`);
  }
  const indexes = pool.keys.map(({ rotationIndex }) => rotationIndex).filter((index) => index >= 0);
  must(new Set(indexes).size === indexes.length, 'indexes differ');
  must(
    indexes.every((index) => index < indexes.length),
    'indexes have no gap',
  );
  must(pool.candidates === indexes.length, 'candidates');
  for (const key of state.manual) must(key.disabled?.by === 'manual', `${key.config.keyId} is manual`);
  return faults;
}

function checked(command: Command): Command {
  return {
    check: (state) => command.check(state),
    run: (state, pool) => {
      command.run(state, pool);
      const faults = faultsOf(state, pool);
      if (faults.length > 0) expect(faults).toEqual([]);
    },
    toString: () => command.toString(),
  };
}

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(answered(401)) },
  { weight: 3, arbitrary: fc.constant(answered(200)) },
  ...[answered(400), answered(402), answered(403), answered(429), answered(500)].map((o) => fc.constant(o)),
  fc.nat(90).map((seconds) => answered(429, { 'retry-after': String(seconds) })),
  fc.constant(answered(429, {}, QUOTA)),
  fc.constant<Outcome>({ kind: 'dial_failed', at: 'upstream', message: '' }),
  fc.constant<Outcome>({ kind: 'dial_failed', at: 'egress', message: '' }),
  fc.constant<Outcome>({ kind: 'timeout', phase: 'headers' }),
  fc.constant<Outcome>({ kind: 'client_closed' }),
  ...[
    says('ambiguous', { status: 403 }),
    says('key_model', { status: 404 }),
    says('request', { status: 403, mayDiffer: true }),
    says('egress', { status: 403 }),
    says('provider', { status: 503, isModelOnly: true }),
    says('rate', { status: 429, isWholeKey: true }),
  ].map((o) => fc.constant(o)),
);
const keyId = fc.constantFrom(...KEY_IDS);
const newLease = fc
  .tuple(fc.constantFrom(...MODELS), fc.subarray(KEY_IDS, { maxLength: 3 }), fc.nat(9), fc.nat(9))
  .map(([model, tried, chance, other]) => lease(model, tried, chance === 0, other < 3));
const newSettle = fc.tuple(fc.nat(), outcome).map(([which, o]) => settle(which, o));

const commands = fc.commands(
  [
    newLease,
    newLease,
    newSettle,
    newSettle,
    fc
      .tuple(fc.nat(), fc.constantFrom('whole' as const, 'cut' as const, 'client_closed' as const))
      .map(([which, end]) => finish(which, end)),
    fc.constantFrom(1, 500, 2_000, 31_000, 60_000, 3_600_000).map(advance),
    fc.nat().map(contrast),
    fc.shuffledSubarray(KEY_IDS).map(setKeys),
    keyId.map(reset),
    keyId.map(disable),
  ].map((arbitrary) => arbitrary.map(checked)),
  { maxCommands: 120, size: '+1' },
);

function newPool(policy: SelectionPolicyName, maxFailures: number): Pool {
  const pool = new Pool(
    poolConfig({ policy, maxFailures }),
    new SeededRandom(),
    new EventLog(),
    noEgresses(),
  );
  pool.setKeys(
    KEY_IDS.map((id) => keyConfig(id)),
    () => undefined,
  );
  return pool;
}

it.each(SELECTION_POLICIES)(
  'under %s, whatever happens: no lease of a key disabled or cooling, no shortage while one is available, in flight equals open leases, manual stays manual',
  (policy) => {
    fc.assert(
      fc.property(commands, fc.integer({ min: 1, max: 3 }), (script, maxFailures) => {
        fc.modelRun(
          () => ({
            model: { now: NOW, open: [], manual: new Set<KeyState>(), undecided: [] },
            real: newPool(policy, maxFailures),
          }),
          script,
        );
      }),
      { numRuns: 60 },
    );
  },
);

it('under round robin, as long as nothing changes, no two available keys differ by more than one use', () => {
  const resting = fc.subarray(KEY_IDS, { maxLength: KEY_IDS.length - 1 });
  fc.assert(
    fc.property(resting, resting, fc.nat(40), fc.nat(5), (cooling, disabled, uses, before) => {
      const pool = newPool('round_robin', 3);
      for (let i = 0; i < before; i++) pool.lease(leaseRequest(), NOW);
      for (const key of pool.keys) if (cooling.includes(key.config.keyId)) key.cooldown.until = NOW + 1;
      for (const id of disabled) pool.disable(id, '');

      const counts = new Map(
        pool.keys
          .filter((key) => unavailableReason(key, '', NOW) === undefined)
          .map((key): [KeyState, number] => [key, 0]),
      );
      for (let i = 0; i < uses; i++) {
        const result = pool.lease(leaseRequest(), NOW);
        expect(result.ok).toBe(counts.size > 0);
        if (result.ok) counts.set(result.lease.key, counts.get(result.lease.key)! + 1);
      }
      if (counts.size > 0) {
        expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1);
      }
    }),
  );
});

it('a shortage is never remembered beyond its end, nor past a relief', () => {
  const step = fc.oneof(
    fc.record({ what: fc.constant('rest' as const), keyId, seconds: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ what: fc.constant('advance' as const), keyId, seconds: fc.nat(30) }),
    fc.record({ what: fc.constant('reset' as const), keyId, seconds: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const pool = newPool('round_robin', 3);
      let now = NOW;
      // Everything in flight at the start, so that rests can come whenever they like.
      const open = KEY_IDS.map((id) => ({
        id,
        leases: Array.from({ length: 40 }, () => leaseOf(pool, id, now)),
      }));
      for (const id of KEY_IDS) rest(id, 10);
      for (const { what, keyId: id, seconds } of steps) {
        if (what === 'advance') now += seconds * 1000;
        if (what === 'reset') pool.reset(id);
        if (what === 'rest') rest(id, seconds);
        const isAvailable = pool.keys.some((key) => unavailableReason(key, 'gpt-4o', now) === undefined);
        const result = pool.lease(leaseRequest(), now);
        expect(result.ok).toBe(isAvailable);
        if (result.ok) pool.settle(result.lease, { kind: 'client_closed' }, VERDICTS.client_closed, now);
        else {
          const until = pool.keys.map((key) => key.modelCooldowns!.get('gpt-4o')!.until);
          expect(result.shortage.retryAfterMs).toBe(Math.min(...until) - now);
        }
      }

      function rest(id: string, seconds: number): void {
        const limited = answered(429, { 'retry-after': String(seconds) });
        const taken = open.find((entry) => entry.id === id)?.leases.pop();
        if (taken !== undefined) pool.settle(taken, limited, judge(limited), now);
      }
    }),
  );
});

function leaseOf(pool: Pool, id: string, now: number): Lease {
  const tried = new Set(pool.keys.filter(({ config }) => config.keyId !== id));
  const result = pool.lease(leaseRequest({ tried }), now);
  if (!result.ok) throw new Error('no lease');
  return result.lease;
}
