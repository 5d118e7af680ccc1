import type { Clock } from '../../balancer/ports';
import type { RequestHead } from '../../openai/request/request-head';
import { gatewayError, type GatewayError } from '../answer/errors';
import type { GatewayProvider } from '../config';
import type { LiveExchange } from '../exchange/live-exchange';
import type { ModelLists } from '../models/model-lists';
import type { TokenRules } from '../tokens/token-rules';
import type { Plan } from './plan';
import { planOf } from './routing';

/**
 * Where a request goes, which its log notes. One that names its model twice goes only where it keeps its name: nobody
 * knows which of them a provider would read.
 */
export function planFor(
  { config, route, log, rules }: LiveExchange,
  provider: GatewayProvider,
  { model, namesTwice }: RequestHead,
  lists: Pick<ModelLists, 'has'>,
  clock: Pick<Clock, 'now'>,
): Plan | GatewayError | Promise<Plan | GatewayError> {
  const note = (planned: Plan | GatewayError): Plan | GatewayError => {
    const plan = rules === undefined || 'code' in planned ? planned : permitted(planned, rules);
    if ('code' in plan) return plan;
    log.provider = plan.provider.slug;
    log.route = plan.route;
    return namesTwice === true && route.model === undefined ? unrenamed(plan) : plan;
  };
  const planning = planOf({ config, route, provider, model, rules, now: clock.now() }, lists);
  return planning instanceof Promise ? planning.then(note) : note(planning);
}

/** Without those that the token may not use. */
function permitted(plan: Plan, rules: TokenRules): Plan | GatewayError {
  const targets = plan.targets.filter(({ provider }) => rules.mayUse(provider.slug));
  const [first] = targets;
  if (first === undefined) return rules.providerError(plan.provider.slug) ?? plan;
  if (targets.length === plan.targets.length && plan.places.every(({ slug }) => rules.mayUse(slug)))
    return plan;
  const places = plan.places.filter(({ slug }) => rules.mayUse(slug));
  return {
    ...plan,
    provider: rules.mayUse(plan.provider.slug) ? plan.provider : first.provider,
    targets,
    places,
  };
}

function unrenamed(plan: Plan): Plan | GatewayError {
  if (plan.targets[0]?.sentModel !== undefined) return AMBIGUOUS;
  return { ...plan, targets: plan.targets.filter(({ sentModel }) => sentModel === undefined) };
}

const AMBIGUOUS = gatewayError(
  'ambiguous_model',
  "The request has more than one 'model': it cannot be given the name that the provider knows.",
);
