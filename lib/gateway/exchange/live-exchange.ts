import type { BodyShare } from '../body/body-share';
import type { SpooledBody } from '../body/spooled-body';
import type { GatewayConfig } from '../config';
import { GATEWAY_ERRORS, type GatewayError } from '../answer/errors';
import type { ClientRequest, ClientResponse } from './exchange';
import type { ExchangeLog } from '../record/exchange-log';
import type { Placed } from './in-flight';
import type { KeepAlive } from '../answer/keep-alive';
import { sendError, sendErrorEvent } from '../answer/refuse';
import type { GatewayRoute } from '../request/route';
import type { ModelFilter } from '../../openai/models/model-filter';
import type { OutReason, TokenRules } from '../tokens/token-rules';

/** A request that is being worked on. */
export interface LiveExchange extends Placed {
  readonly config: GatewayConfig;
  readonly route: GatewayRoute;
  readonly request: ClientRequest;
  response: ClientResponse;
  readonly log: ExchangeLog;
  readonly share: BodyShare;
  /** Of its token, once that is known; undefined for one that may do everything. */
  rules?: TokenRules | undefined;
  /** Of the disk, and the file of a large body in it. Released at the end. */
  room?: BodyShare;
  spooled?: SpooledBody;
  /** Ends an answer that is being passed on. */
  cutAnswer: (() => void) | undefined;
  /** Ends a conversation without an end of its own as soon as nothing is being answered. */
  goAway?: (() => void) | undefined;
  /** Ends a conversation whose token does not let in any more, for this reason. */
  revoke?: ((why: OutReason | 'invalid_token') => void) | undefined;
  /** It has been asked to go away. */
  isGoing?: boolean;
  /** Of a request for a stream, once attempts are made. */
  keepAlive: KeepAlive | undefined;
}

/** Models that it may not ask for. */
export function filterOf({ rules, config }: Pick<LiveExchange, 'rules' | 'config'>): ModelFilter {
  return rules === undefined ? config.filteredModels : rules.filter;
}

/** Ends it with an error of our own, in the form that its client can still understand, and records it. */
export function refuse({ response, log, keepAlive }: LiveExchange, error: GatewayError): void {
  const { status } = GATEWAY_ERRORS[error.code];
  keepAlive?.stop();
  let responseBytes = 0;
  if (error.code === 'client_closed' || log.isCommitted) response.breakOff(undefined);
  else if (keepAlive?.isBegun === true) responseBytes = sendErrorEvent(response, error);
  else responseBytes = sendError(response, error, log.requestId);
  // A flood of guesses must not fill the log: the block has been logged once.
  if (error.code === 'too_many_wrong_tokens') return;
  log.finish({ status, outcome: error.code, errorMessage: error.message, responseBytes });
}
