import type { BalancedRequest } from '../../balancer/attempts/balanced-request';
import { isComputing } from '../../balancer/attempts/retry';
import { isPureQuestion } from '../../openai/request/pure-question';
import { estimatedTokens } from '../../openai/request/token-estimate';
import type { LiveExchange } from '../exchange/live-exchange';

/** What there is to know of a request to balance it. */
export interface ForwardedHead {
  readonly model: string | undefined;
  readonly affinity: string;
  /** Stands for the token that it came with. */
  readonly client: string;
  readonly outputTokensMax?: number | undefined;
  /** Whether the provider is to keep what comes of it; undefined if the request does not say. */
  readonly store?: boolean | undefined;
  /** Its answer may have sound, which has an id of its own. */
  readonly asksForAudio?: boolean | undefined;
}

/** They ask for work that goes on behind the answer; the first as RFC 7240 has it. */
const DEFERRING: readonly (readonly [name: string, value: RegExp])[] = [
  ['prefer', /respond-async/i],
  ['x-dashscope-async', /enable/i],
];

/** Where nothing is computed, no tokens are used. */
export function balancedRequest(
  { route, request, log }: Pick<LiveExchange, 'route' | 'request' | 'log'>,
  body: Buffer,
  { model = '', affinity, client, outputTokensMax }: ForwardedHead,
  { owner, sought, missedBy }: Pick<BalancedRequest, 'owner' | 'sought' | 'missedBy'> = {},
): BalancedRequest {
  const { path } = route;
  const { method } = request;
  return {
    method,
    path,
    isStream: log.isStream,
    mayBeSentTwice: () => method !== 'POST' || (isPureQuestion(path, body) && !isDeferred(request)),
    model,
    affinity,
    owner,
    sought,
    missedBy,
    tokens: isComputing(path) ? estimatedTokens(body, outputTokensMax) : 0,
    client,
    signal: request.signal,
  };
}

function isDeferred(request: LiveExchange['request']): boolean {
  return DEFERRING.some(([name, value]) => value.test(request.header(name) ?? ''));
}
