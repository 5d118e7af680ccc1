import { describeOutcome } from '../../balancer/attempts/attempt-trace';
import { unavailableReason } from '../../balancer/pool/available';
import { dialThroughEgress } from '../../balancer/egress/dial-through';
import type { KeyState } from '../../balancer/pool/key-state';
import type { SeenFailure } from '../../balancer/health/outage';
import type { Asked } from '../../balancer/health/outage-proof';
import type { Pool } from '../../balancer/pool/pool';
import type { Clock, StopSignal } from '../../balancer/ports';
import { judge } from '../../balancer/attempts/verdict';
import type { GatewayProvider } from '../../gateway/config';
import type { Gateway } from '../../gateway/gateway';
import { questionAfter } from './outage-question';
import { FIRST_LIMIT, nextLimit } from '../output-limit';
import type { EgressProbing } from '../egress/probe-egress';
import { OutageWatch } from './watch-outages';
import { timeLimit } from '../../timing/time-limit';
import type { UpstreamAnswer } from '../../upstream/answer/answer';
import type { UpstreamClient } from '../../upstream/client';
import { readText } from '../../upstream/answer/read-text';
import type { UpstreamRequest, UpstreamTarget } from '../../upstream/target';

const TICK_MS = 1_000;
/** A question that hangs bars the next, which is to see within 10 s that an outage is over. */
const TIMEOUT_MS = 6_000;
const ANSWER_BYTES_MAX = 2 ** 20;
const TRIES_MAX = 3;

interface WatchParts {
  readonly clock: Clock;
  readonly gateway: Pick<Gateway, 'config'>;
  readonly upstream: Pick<UpstreamClient, 'dial'>;
  readonly egressProbing: EgressProbing;
  readonly signal: AbortSignal;
}

/** Watches the providers and proxies that are out, until the signal fires. */
export function watchOutages(parts: WatchParts): void {
  const { clock, gateway, egressProbing, signal } = parts;
  const turns = new WeakMap<Pool, number>();
  const watch = new OutageWatch({
    now: () => clock.now(),
    providers: () => gateway.config.providers.values(),
    egress: egressProbing,
    signal,
    async ask(pool, seen) {
      const provider = [...gateway.config.providers.values()].find((candidate) => candidate.pool === pool);
      const turn = turns.get(pool) ?? 0;
      const key = usableKey(pool, seen.model, turn, clock.now());
      if (provider === undefined || key === undefined) return undefined;
      turns.set(pool, pool.keys.indexOf(key) + 1);
      return ask(parts, provider, key, seen);
    },
  });
  const ticker = setInterval(() => watch.tick(), TICK_MS);
  ticker.unref();
  signal.addEventListener('abort', () => clearInterval(ticker), { once: true });
}

/** Asks what had failed. An answer that breaks off is read to its end if that was what failed. */
async function ask(
  parts: WatchParts,
  provider: GatewayProvider,
  key: KeyState,
  seen: SeenFailure,
): Promise<Asked> {
  const limit = timeLimit(TIMEOUT_MS + TICK_MS, parts.signal);
  try {
    return await askUntil(parts, provider, key, seen, limit.signal);
  } finally {
    limit.clear();
  }
}

async function askUntil(
  parts: WatchParts,
  { pool, target, testModel }: GatewayProvider,
  key: KeyState,
  seen: SeenFailure,
  signal: AbortSignal,
): Promise<Asked> {
  const endsAt = parts.clock.now() + TIMEOUT_MS;
  let limit = FIRST_LIMIT;
  for (let tries = 1; ; tries += 1) {
    const { request, isLike } = questionAfter(seen, testModel, limit);
    const { outcome, answer } = await dial(parts, { pool, target, key, request, signal });
    const isBegun = judge(outcome).name === 'success';
    const isRead = seen.kind === 'broke_off' && isLike && isBegun;
    const isWhole = isRead && (await comesWhole(answer, endsAt - parts.clock.now(), signal));
    answer?.abort();
    const message = outcome.kind === 'answer' ? (outcome.facts.message ?? '') : '';
    const next = isBegun ? undefined : nextLimit(limit, message);
    // What had failed began to be answered, so a refusal of the question itself tells nothing of it.
    if (seen.kind === 'broke_off' && typeof next === 'object' && tries < TRIES_MAX) limit = next;
    else return { outcome, detail: describeOutcome(key, outcome), isLike, isWhole };
  }
}

function dial(
  { upstream, clock }: WatchParts,
  question: {
    readonly pool: Pool;
    readonly target: UpstreamTarget;
    readonly key: KeyState;
    readonly request: UpstreamRequest;
    readonly signal: StopSignal;
  },
) {
  const { pool, target, key, request, signal } = question;
  const brief = {
    ...target,
    timeoutMs: Math.min(target.timeoutMs, TIMEOUT_MS),
    idleTimeoutMs: Math.min(target.idleTimeoutMs, TIMEOUT_MS),
  };
  return dialThroughEgress<UpstreamAnswer>(
    pool,
    key.config,
    {
      dial: (egress) => upstream.dial(brief, key.config, request, signal, egress?.config),
      discard: (given) => given.abort(),
    },
    clock,
  );
}

async function comesWhole(
  answer: UpstreamAnswer | undefined,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (answer === undefined) return false;
  const text = await readText(answer, {
    bytesMax: ANSWER_BYTES_MAX,
    timeoutMs: Math.max(1, timeoutMs),
    signal,
  });
  return text !== undefined && answer.brokenFacts === undefined;
}

/** A key that may be used for the model now: each in its turn, so that none bears all questions. */
function usableKey(pool: Pool, model: string, turn: number, now: number): KeyState | undefined {
  const { keys } = pool;
  for (let i = 0; i < keys.length; i += 1) {
    const key = keys[(turn + i) % keys.length];
    if (key !== undefined && unavailableReason(key, model, now) === undefined) return key;
  }
  return undefined;
}
