interface ErrorKind {
  readonly status: number;
  readonly type: string;
}

const kind = (status: number, type: string): ErrorKind => ({ status, type });

/** Every error that is the gateway's own, by its stable code. */
export const GATEWAY_ERRORS = {
  missing_token: kind(401, 'authentication_error'),
  invalid_token: kind(401, 'authentication_error'),
  token_expired: kind(401, 'authentication_error'),
  token_disabled: kind(401, 'authentication_error'),
  too_many_wrong_tokens: kind(429, 'rate_limit_error'),
  address_not_allowed: kind(403, 'permission_error'),
  provider_not_allowed: kind(403, 'permission_error'),
  model_not_allowed: kind(403, 'permission_error'),
  token_rate_limited: kind(429, 'rate_limit_error'),
  insufficient_quota: kind(429, 'insufficient_quota'),
  unknown_path: kind(404, 'invalid_request_error'),
  invalid_path: kind(400, 'invalid_request_error'),
  method_not_allowed: kind(405, 'invalid_request_error'),
  provider_not_found: kind(404, 'invalid_request_error'),
  model_not_found: kind(404, 'invalid_request_error'),
  invalid_handshake: kind(400, 'invalid_request_error'),
  websocket_unavailable: kind(426, 'invalid_request_error'),
  missing_body: kind(400, 'invalid_request_error'),
  invalid_json: kind(400, 'invalid_request_error'),
  ambiguous_model: kind(400, 'invalid_request_error'),
  unreadable_body: kind(400, 'invalid_request_error'),
  missing_model: kind(400, 'invalid_request_error'),
  owner_unavailable: kind(409, 'invalid_request_error'),
  body_too_large: kind(413, 'invalid_request_error'),
  unsupported_encoding: kind(415, 'invalid_request_error'),
  body_stalled: kind(408, 'invalid_request_error'),
  client_closed: kind(499, 'invalid_request_error'),
  all_keys_cooling: kind(429, 'rate_limit_error'),
  no_key_available: kind(503, 'server_error'),
  provider_unavailable: kind(503, 'server_error'),
  no_proxy_available: kind(503, 'server_error'),
  proxy_unreachable: kind(502, 'server_error'),
  upstream_unreachable: kind(502, 'server_error'),
  upstream_connection_lost: kind(502, 'server_error'),
  upstream_timeout: kind(504, 'server_error'),
  upstream_empty_stream: kind(502, 'server_error'),
  upstream_invalid_answer: kind(502, 'server_error'),
  upstream_incomplete_answer: kind(502, 'server_error'),
  stream_cut: kind(502, 'server_error'),
  stream_stalled: kind(504, 'server_error'),
  gateway_overloaded: kind(503, 'server_error'),
  disk_full: kind(507, 'server_error'),
  disk_failed: kind(500, 'server_error'),
  shutting_down: kind(503, 'server_error'),
  internal_error: kind(500, 'server_error'),
} as const satisfies Record<string, ErrorKind>;

export type GatewayErrorCode = keyof typeof GATEWAY_ERRORS;

/** A refusal or failure of our own, ready to be answered. `message` is public. */
export interface GatewayError {
  readonly code: GatewayErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

export function gatewayError(code: GatewayErrorCode, message: string, retryAfterMs?: number): GatewayError {
  return retryAfterMs === undefined ? { code, message } : { code, message, retryAfterMs };
}

export const SHUTTING_DOWN = gatewayError('shutting_down', 'The gateway is shutting down.', 1_000);

const OVERLOADED_RETRY_MS = 2_000;

/** `what`: "is short of memory". */
export function overloaded(what: string): GatewayError {
  return gatewayError('gateway_overloaded', `The gateway ${what}. Try again soon.`, OVERLOADED_RETRY_MS);
}

/** There is none left to take in a body, or to read it. */
export function noMemory(): GatewayError {
  return overloaded('has no memory left for this request body');
}
