import type { LoopResult } from '../../balancer/attempts/attempt-loop';
import type { OwnerTrouble } from '../../balancer/pool/object-owner';
import type { Shortage } from '../../balancer/pool/pool';
import type { Outcome } from '../../balancer/attempts/verdict';
import { errorBody, errorEvent } from '../../openai/errors/errors';
import { GATEWAY_ERRORS, gatewayError, type GatewayError } from './errors';
import type { ClientResponse } from '../exchange/exchange';
import { ALLOWED_METHODS } from '../request/methods';
import { wholeSeconds } from './retry-after';

/** Answers with an error of our own in the OpenAI envelope; returns the size of its body. */
export function sendError(response: ClientResponse, error: GatewayError, requestId: string): number {
  const { status, type } = GATEWAY_ERRORS[error.code];
  const body = Buffer.from(errorBody({ message: error.message, type, code: error.code }));
  const headers = [
    'content-type',
    'application/json',
    'content-length',
    String(body.length),
    'cache-control',
    'no-store',
    'x-request-id',
    requestId,
  ];
  if (error.retryAfterMs !== undefined) {
    headers.push('retry-after', String(wholeSeconds(error.retryAfterMs)));
  }
  if (error.code === 'websocket_unavailable') headers.push('upgrade', 'websocket');
  if (error.code === 'method_not_allowed') headers.push('allow', ALLOWED_METHODS);
  response.start(status, headers);
  response.end(body);
  return body.length;
}

/** The same for a client that has the head of a stream already: a last event, and no clean end. */
export function sendErrorEvent(response: ClientResponse, { code, message }: GatewayError): number {
  const event = errorEvent({ message, type: GATEWAY_ERRORS[code].type, code });
  response.breakOff(event);
  return event.length;
}

/** The error for a request that got no upstream answer. */
export function errorOfFailure(
  result: Extract<LoopResult<unknown>, { kind: 'failed' | 'shortage' }>,
  provider: string,
  reason: string | undefined,
): GatewayError {
  return result.kind === 'shortage'
    ? errorOfShortage(result.shortage, provider, reason)
    : errorOfOutcome(result.outcome, provider);
}

const OWN_TROUBLE_RETRY_MS = 2_000;

function errorOfShortage(shortage: Shortage, provider: string, why?: string): GatewayError {
  const { reason, retryAfterMs } = shortage;
  switch (reason) {
    case 'owner_unavailable':
      return ownerUnavailable(shortage.owner ?? { objectId: '', keyId: '', hint: undefined }, provider);
    case 'no_keys':
      return gatewayError('no_key_available', `Provider '${provider}' has no keys.`);
    case 'all_disabled':
      return gatewayError('no_key_available', `All keys of provider '${provider}' are disabled.`);
    case 'no_egress':
      return gatewayError('no_proxy_available', `All proxies of provider '${provider}' are disabled.`);
    case 'all_cooling': {
      const message = restOf(shortage, provider);
      return gatewayError('all_keys_cooling', message, retryAfterMs);
    }
    case 'model_resting': {
      const because = why === undefined ? '' : ` (${why})`;
      const message = `Provider '${provider}' fails for this model and is given a rest${because}.`;
      return gatewayError('provider_unavailable', message, retryAfterMs);
    }
    case 'breaker_open': {
      const because = why === undefined ? '' : ` (${why})`;
      const message = `Provider '${provider}' is failing and is given a rest${because}.`;
      return gatewayError('provider_unavailable', message, retryAfterMs);
    }
  }
}

function restOf({ owner }: Shortage, provider: string): string {
  if (owner === undefined) {
    return `All keys of provider '${provider}' are resting after rate limits or failures.`;
  }
  const { objectId: object, hint: key = owner.keyId } = owner;
  return `'${object}' belongs to key ${key} of provider '${provider}', which is resting.`;
}

/** What the owner of an object cannot serve, nobody can: the message says which key it is and what helps. */
export function ownerUnavailable(owner: OwnerTrouble, provider: string): GatewayError {
  const { objectId: object, keyId, hint, why, isProviderDisabled } = owner;
  const of = `'${object}' belongs to key ${hint ?? keyId} of provider '${provider}'`;
  if (isProviderDisabled === true) {
    const message = `${of}. That provider is disabled: enable it, or make the object anew at another one.`;
    return gatewayError('owner_unavailable', message);
  }
  const because = why === undefined ? '' : ` (${why})`;
  const message =
    hint === undefined
      ? `${of}, which is gone. Restore the key, or add one of the same project, or make the object anew.`
      : `${of}, which is disabled${because}. Enable the key, or make the object anew with another one.`;
  return gatewayError('owner_unavailable', message);
}

// oxlint-disable-next-line complexity -- a table: what each outcome is called
function errorOfOutcome(outcome: Outcome, provider: string): GatewayError {
  const name = `Provider '${provider}'`;
  switch (outcome.kind) {
    case 'dial_failed':
      return outcome.at === 'egress'
        ? gatewayError('proxy_unreachable', `No proxy led to provider '${provider}'.`)
        : gatewayError('upstream_unreachable', `${name} could not be reached.`);
    case 'own_trouble': {
      const message = `The gateway is short of ${outcome.shortOf} and could not ask provider '${provider}'.`;
      return gatewayError('gateway_overloaded', message, OWN_TROUBLE_RETRY_MS);
    }
    case 'timeout':
      return gatewayError('upstream_timeout', `${name} did not answer in time.`);
    case 'empty_stream':
      return gatewayError('upstream_empty_stream', `${name} answered with an empty stream.`);
    case 'answer':
      if (outcome.facts.rule === 'no_answer') {
        const what = outcome.facts.message ?? 'something that is no answer';
        return gatewayError('upstream_invalid_answer', `${name} answered with ${what}.`);
      }
      return gatewayError(
        'upstream_incomplete_answer',
        `${name} answered with status ${outcome.status} and an incomplete body.`,
      );
    case 'lost':
    case 'lost_in_sending':
    case 'cut':
    case 'stalled':
    case 'client_closed':
      return gatewayError('upstream_connection_lost', `${name} closed the connection without an answer.`);
  }
}
