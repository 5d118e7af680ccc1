import { gatewayError, type GatewayError } from '../answer/errors';
import type { ClientRequest } from '../exchange/exchange';
import type { LiveExchange } from '../exchange/live-exchange';
import { outError } from '../tokens/token-rules';
import type { AccessResult } from './access';

export interface LetInPorts {
  /** Counts wrong tokens; returns the seconds in which their sender gets no further one looked at, 0 for none. */
  readonly onWrongTokens: (request: ClientRequest, count: number) => number;
  /** The address of the client, as far as it can be known. */
  readonly addressOf?: ((request: ClientRequest) => string) | undefined;
}

/** Who sends it, of whom its log and its rules know from now on; or why that one is not let in. */
export function letIn(
  exchange: LiveExchange,
  { onWrongTokens, addressOf }: LetInPorts,
): { readonly affinity: string } | GatewayError {
  const { config, route, request, log, share } = exchange;
  const access = config.access.check((name) => request.header(name), route.query);
  if (!access.ok) return accessError(exchange, access, onWrongTokens);
  log.tokenId = access.tokenId;
  log.tokenHint = access.tokenHint;
  exchange.rules = access.rules;
  share.owner = access.affinity;
  const address = (): string => addressOf?.(request) ?? request.remoteAddress ?? '';
  return access.rules?.addressError(address) ?? { affinity: access.affinity };
}

function accessError(
  { request, log }: LiveExchange,
  { wrongTokens, out }: Extract<AccessResult, { ok: false }>,
  onWrongTokens: LetInPorts['onWrongTokens'],
): GatewayError {
  // Whoever has a token that is out of use may guess no more than others.
  if (out !== undefined && wrongTokens === 0) {
    log.tokenHint = out.tokenHint;
    return outError(out.reason);
  }
  if (wrongTokens === 0) {
    return gatewayError('missing_token', 'No token was sent. Send it as `Authorization: Bearer <token>`.');
  }
  const waitSeconds = onWrongTokens(request, wrongTokens);
  if (waitSeconds === 0) return gatewayError('invalid_token', 'The token is not valid here.');
  const message =
    'The token is not valid here, and too many like it came from this address. ' +
    `Wait ${waitSeconds} seconds, or send a valid one.`;
  return gatewayError('too_many_wrong_tokens', message, waitSeconds * 1000);
}
