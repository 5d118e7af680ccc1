import { isComputing } from '../../balancer/attempts/retry';
import { promptTokens } from '../../openai/request/token-estimate';
import type { GatewayError } from '../answer/errors';
import type { RequestBody } from '../body/spooled-body';
import type { LiveExchange } from '../exchange/live-exchange';
import type { ForwardPorts } from '../forward';
import type { ForwardedHead } from '../request/balanced-request';
import type { Plan } from '../routing/plan';
import { Admission } from './admission';
import type { Expected } from './token-uses';

/** What is sent there is kept, changed or ended, and no model answers; what it holds is looked through as it is. */
const STORES = new RegExp(
  '^/(?:(?:files|batches|messages/batches|vector_stores|containers|conversations)(?:/|$)|' +
    'threads(?:/(?!runs(?:/|$))[^/]+(?:/messages(?:/.*)?)?)?/?$|' +
    '(?:assistants|chat/completions)/[^/]+/?$|(?:.+/)?cancel/?$|fine_tuning/jobs/[^/]+/pause/?$)',
);

/** Sockets in whose messages each request names its model. */
const RESPONSES = /^\/responses\/?$/;
const REALTIME = /^\/realtime\/?$/;

/**
 * Whether the token allows the request at this moment, by its models, its limits and its budget. Undefined if it does:
 * then it takes of them what the request may need, until that has ended.
 */
export function admit(
  ports: Pick<ForwardPorts, 'tokens' | 'costOf'>,
  exchange: LiveExchange,
  plan: Plan,
  body: RequestBody,
  head: ForwardedHead,
): GatewayError | undefined | Promise<GatewayError | undefined> {
  const { rules, request, log } = exchange;
  if (rules === undefined) return undefined;
  const nameless = head.model === undefined && needsModel(exchange) ? rules.namelessError() : undefined;
  if (nameless !== undefined) return nameless;
  if (rules.limits === undefined && rules.budget === undefined) return undefined;
  const taken = (admission: Admission | GatewayError): GatewayError | undefined => {
    if (!(admission instanceof Admission)) return admission;
    log.admission = admission;
    return undefined;
  };
  const admitted = ports.tokens.admit(rules, expectedOf(ports, exchange, plan, body, head), request.signal);
  return admitted instanceof Promise ? admitted.then(taken) : taken(admitted);
}

function needsModel({ route: { path }, request: { method } }: LiveExchange): boolean {
  return method === 'POST' ? !STORES.test(path) : REALTIME.test(path);
}

function expectedOf(
  { costOf }: Pick<ForwardPorts, 'costOf'>,
  { route: { path }, request: { method } }: LiveExchange,
  { provider, targets: [first] }: Plan,
  body: RequestBody,
  { model = '', promptTokens: known }: ForwardedHead,
): Expected {
  const isSocket = method !== 'POST' && (REALTIME.test(path) || RESPONSES.test(path));
  const computes = isSocket || (method === 'POST' && isComputing(path));
  const prompt = computes ? (known ?? (Buffer.isBuffer(body) ? promptTokens(body) : 0)) : 0;
  return {
    promptTokens: prompt,
    isComputing: computes,
    costNano: () =>
      costOf?.((first?.provider ?? provider).slug, first?.sentModel ?? model, usageOfPrompt(prompt)),
  };
}

function usageOfPrompt(tokens: number) {
  return {
    promptTokens: tokens,
    completionTokens: 0,
    totalTokens: tokens,
    cachedTokens: 0,
    reasoningTokens: 0,
  };
}
