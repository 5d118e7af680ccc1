import type { LoopResult } from '../../balancer/attempts/attempt-loop';
import type { BalancedRequest } from '../../balancer/attempts/balanced-request';
import type { RequestTrace } from '../../balancer/attempts/trace';
import type { Pool } from '../../balancer/pool/pool';
import type { GatewayConfig, GatewayProvider } from '../config';
import type { Binding } from './binding';

export type Providers = ReadonlyMap<Pool, GatewayProvider>;

/** It may be left unread. */
interface Abortable {
  abort(): void;
}

/** Makes the attempts at these providers. */
export type Ask<Answer> = (
  whom: Pick<BalancedRequest, 'owner' | 'sought' | 'missedBy'>,
  providers: Providers,
) => Promise<LoopResult<Answer>>;

/**
 * Asks the provider and its fallbacks, or the owner alone if there is one. A supposed owner that does not have the
 * object, or cannot be asked, is doubted: then the object is looked for like one that nobody knows. What has come of
 * the owner stands if that brings no answer.
 */
export async function askOwner<Answer extends Abortable>(
  ask: Ask<Answer>,
  binding: Binding,
  config: GatewayConfig,
): Promise<LoopResult<Answer>> {
  const { provider, owner, gone, sought, elsewhere } = binding;
  // What a request depends on is at no other provider.
  const isBound = (owner ?? gone) !== undefined;
  const providers = isBound ? new Map([[provider.pool, provider]]) : withFallbacks(provider, config);
  const first = await ask({ owner, sought }, providers);
  if (owner === undefined || elsewhere === undefined || !isDoubted(first)) return first;
  const others = withFallbacks(elsewhere, config);
  if (!hasOthers(others, owner.keyId)) return first;
  return better(first, await ask({ sought, missedBy: owner.keyId }, others));
}

/** The result that stands, with the story of both; nothing is left of the other one. */
function better<Answer extends Abortable>(
  first: LoopResult<Answer>,
  second: LoopResult<Answer>,
): LoopResult<Answer> {
  const isAnswered = second.kind !== 'shortage' && second.kind !== 'failed' && !isNowhere(first, second);
  const [taken, left] = isAnswered ? [second, first] : [first, second];
  if (left.kind === 'pass_through') left.answer.abort();
  return { ...taken, trace: joined(first.trace, second.trace) };
}

/** The owner does not have it, or cannot be asked. */
function isDoubted(result: LoopResult<unknown>): boolean {
  return isMissing(result) || (result.kind === 'shortage' && result.shortage.reason === 'owner_unavailable');
}

/** Nobody has it, and who may have it could not be asked. */
function isNowhere(first: LoopResult<unknown>, second: LoopResult<unknown>): boolean {
  return first.kind === 'shortage' && isMissing(second);
}

function isMissing(result: LoopResult<unknown>): boolean {
  return result.kind === 'pass_through' && result.verdict.name === 'object_not_found';
}

function hasOthers(providers: Providers, keyId: string): boolean {
  for (const pool of providers.keys()) {
    if (pool.keys.some(({ disabled, config }) => disabled === undefined && config.keyId !== keyId))
      return true;
  }
  return false;
}

/** What attempts tell that were made one after the other for the same request. */
export function joined(before: RequestTrace, trace: RequestTrace): RequestTrace {
  return before.attempts.length === 0
    ? trace
    : { ...trace, attempts: [...before.attempts, ...trace.attempts] };
}

/** The provider and then its enabled fallbacks, by pool. */
function withFallbacks(provider: GatewayProvider, config: GatewayConfig): Map<Pool, GatewayProvider> {
  const providers = new Map([[provider.pool, provider]]);
  for (const slug of provider.fallbacks) {
    const fallback = config.providers.get(slug);
    if (fallback?.isEnabled === true) providers.set(fallback.pool, fallback);
  }
  return providers;
}
