import type { BalancedRequest } from '../../balancer/attempts/attempt-loop';
import { isComputing } from '../../balancer/attempts/retry';
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
}

/** Where nothing is computed, no tokens are used. */
export function balancedRequest(
  { route, request, log }: Pick<LiveExchange, 'route' | 'request' | 'log'>,
  body: Buffer,
  { model = '', affinity, client, outputTokensMax }: ForwardedHead,
): BalancedRequest {
  const { path } = route;
  return {
    method: request.method,
    path,
    isStream: log.isStream,
    model,
    affinity,
    tokens: isComputing(path) ? estimatedTokens(body, outputTokensMax) : 0,
    client,
    signal: request.signal,
  };
}
