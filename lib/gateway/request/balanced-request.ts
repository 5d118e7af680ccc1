import type { BalancedRequest } from '../../balancer/attempts/balanced-request';
import { isComputing } from '../../balancer/attempts/retry';
import { isPureQuestion } from '../../openai/request/pure-question';
import { estimatedTokens, withAnswer } from '../../openai/request/token-estimate';
import type { RequestBody } from '../body/spooled-body';
import type { LiveExchange } from '../exchange/live-exchange';

/** What there is to know of a request to balance it. */
export interface ForwardedHead {
  readonly model: string | undefined;
  /** See `RequestHead`. */
  readonly modelAt?: number | undefined;
  readonly affinity: string;
  /** Stands for the token that it came with. */
  readonly client: string;
  /** Of those who wait for a key, the highest goes first. */
  readonly priority?: number | undefined;
  readonly outputTokensMax?: number | undefined;
  /** What its prompt may take, if that was estimated already. */
  readonly promptTokens?: number | undefined;
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
  body: RequestBody,
  { model = '', affinity, client, priority, outputTokensMax, promptTokens }: ForwardedHead,
  { owner, sought, missedBy }: Pick<BalancedRequest, 'owner' | 'sought' | 'missedBy'> = {},
  goesOnFor?: BalancedRequest['goesOnFor'],
): BalancedRequest {
  const { path } = route;
  const { method } = request;
  return {
    method,
    path,
    isStream: log.isStream,
    // Large ones are never sent twice at once.
    mayBeSentTwice: () =>
      method !== 'POST' || (Buffer.isBuffer(body) && isPureQuestion(path, body) && !isDeferred(request)),
    model,
    affinity,
    owner,
    sought,
    missedBy,
    goesOnFor,
    tokens: isComputing(path) ? tokensOf(body, promptTokens, outputTokensMax) : 0,
    client,
    priority,
    signal: request.signal,
  };
}

function tokensOf(
  body: RequestBody,
  prompt: number | undefined,
  outputTokensMax: number | undefined,
): number {
  if (prompt !== undefined) return withAnswer(prompt, outputTokensMax);
  return Buffer.isBuffer(body) ? estimatedTokens(body, outputTokensMax) : withAnswer(0, outputTokensMax);
}

function isDeferred(request: LiveExchange['request']): boolean {
  return DEFERRING.some(([name, value]) => value.test(request.header(name) ?? ''));
}
