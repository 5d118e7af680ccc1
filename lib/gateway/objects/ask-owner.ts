import type { LoopResult } from '../../balancer/attempts/attempt-loop';
import type { BalancedRequest } from '../../balancer/attempts/balanced-request';
import type { RequestTrace } from '../../balancer/attempts/trace';
import { targetAt, type GatewayTarget } from '../routing/plan';
import type { Binding } from './binding';

/** It may be left unread. */
interface Abortable {
  abort(): void;
}

/** Makes the attempts at these targets. */
export type Ask<Answer> = (
  whom: Pick<BalancedRequest, 'owner' | 'sought' | 'missedBy'>,
  targets: readonly GatewayTarget[],
) => Promise<LoopResult<Answer>>;

/**
 * Asks the targets of the plan, or the owner alone if there is one. A supposed owner that does not have the
 * object, or cannot be asked, is doubted: then the object is looked for like one that nobody knows. What has come of
 * the owner stands if that brings no answer.
 */
export async function askOwner<Answer extends Abortable>(
  ask: Ask<Answer>,
  binding: Binding,
): Promise<LoopResult<Answer>> {
  const { plan, owner, gone, sought, isSupposed } = binding;
  // What a request depends on is at no other provider.
  const isBound = (owner ?? gone) !== undefined;
  const first = await ask({ owner, sought }, isBound ? targetsAtHome(binding) : plan.targets);
  if (owner === undefined || isSupposed !== true || !isDoubted(first)) return first;
  const others = plan.targets;
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

function targetsAtHome({ plan, provider }: Binding): readonly GatewayTarget[] {
  const atHome = plan.targets.filter((target) => target.provider === provider);
  return atHome.length === 0 ? [targetAt(provider, undefined)] : atHome;
}

function hasOthers(targets: readonly GatewayTarget[], keyId: string): boolean {
  for (const { pool } of targets) {
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
