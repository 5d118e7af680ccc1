/** Whose doing an error is. */
export type ErrorBlame = 'client' | 'capacity' | 'upstream' | 'egress' | 'platform';

interface ErrorKind {
  readonly status: number;
  readonly type: string;
  readonly blame: ErrorBlame;
}

const kind = (status: number, type: string, blame: ErrorBlame): ErrorKind => ({ status, type, blame });

/** Every error that is the gateway's own, by its stable code. */
export const GATEWAY_ERRORS = {
  missing_token: kind(401, 'authentication_error', 'client'),
  invalid_token: kind(401, 'authentication_error', 'client'),
  too_many_wrong_tokens: kind(429, 'rate_limit_error', 'client'),
  unknown_path: kind(404, 'invalid_request_error', 'client'),
  invalid_path: kind(400, 'invalid_request_error', 'client'),
  method_not_allowed: kind(405, 'invalid_request_error', 'client'),
  provider_not_found: kind(404, 'invalid_request_error', 'client'),
  model_not_found: kind(404, 'invalid_request_error', 'client'),
  missing_body: kind(400, 'invalid_request_error', 'client'),
  invalid_json: kind(400, 'invalid_request_error', 'client'),
  ambiguous_model: kind(400, 'invalid_request_error', 'client'),
  unreadable_body: kind(400, 'invalid_request_error', 'client'),
  missing_model: kind(400, 'invalid_request_error', 'client'),
  body_too_large: kind(413, 'invalid_request_error', 'client'),
  body_stalled: kind(408, 'invalid_request_error', 'client'),
  client_closed: kind(499, 'invalid_request_error', 'client'),
  all_keys_cooling: kind(429, 'rate_limit_error', 'capacity'),
  no_key_available: kind(503, 'server_error', 'capacity'),
  provider_unavailable: kind(503, 'server_error', 'upstream'),
  no_proxy_available: kind(503, 'server_error', 'egress'),
  proxy_unreachable: kind(502, 'server_error', 'egress'),
  upstream_unreachable: kind(502, 'server_error', 'upstream'),
  upstream_connection_lost: kind(502, 'server_error', 'upstream'),
  upstream_timeout: kind(504, 'server_error', 'upstream'),
  upstream_empty_stream: kind(502, 'server_error', 'upstream'),
  upstream_invalid_answer: kind(502, 'server_error', 'upstream'),
  upstream_incomplete_answer: kind(502, 'server_error', 'upstream'),
  stream_cut: kind(502, 'server_error', 'upstream'),
  stream_stalled: kind(504, 'server_error', 'upstream'),
  gateway_overloaded: kind(503, 'server_error', 'platform'),
  shutting_down: kind(503, 'server_error', 'platform'),
  internal_error: kind(500, 'server_error', 'platform'),
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
