import type { BalancedRequest } from '../../balancer/attempts/balanced-request';
import { isComputing, mayBeSentTwice } from '../../balancer/attempts/retry';
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
  readonly isAttached?: boolean | undefined;
}

/** Calls of a tool server may do something in the world, and the provider makes them by itself. */
const TOOL_SERVER = '"mcp"';

/** Where nothing is computed, no tokens are used. */
export function balancedRequest(
  { route, request, log }: Pick<LiveExchange, 'route' | 'request' | 'log'>,
  body: Buffer,
  { model = '', affinity, client, outputTokensMax, store, isAttached = false }: ForwardedHead,
  { owner, sought }: Pick<BalancedRequest, 'owner' | 'sought'> = {},
): BalancedRequest {
  const { path } = route;
  const { method } = request;
  const { isStream } = log;
  return {
    method,
    path,
    isStream,
    mayBeSentTwice: () =>
      !isAttached && mayBeSentTwice({ method, path, isStream }, store) && !body.includes(TOOL_SERVER),
    model,
    affinity,
    owner,
    sought,
    tokens: isComputing(path) ? estimatedTokens(body, outputTokensMax) : 0,
    client,
    signal: request.signal,
  };
}
