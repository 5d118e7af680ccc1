import { statusOf } from './error-status';
import { isFields, parsed, text, type Fields } from '../json/json-fields';
import type { StreamFormat } from '../sse/stream-kinds';

export interface UpstreamError {
  readonly message: string | undefined;
  readonly type: string | undefined;
  readonly code: string | undefined;
  /** An HTTP status the error itself names or clearly means, in 400..599. */
  readonly status: number | undefined;
}

/**
 * Reads an upstream's error from a JSON body or an SSE event's data in the shapes providers use: an `error` that is an
 * object or a text, the fields on top, Gemini's list, FastAPI's `detail`, Cloudflare's `errors`, vLLM's
 * `"object":"error"`, the Responses API's `response.failed`. Undefined for anything else. Never throws.
 */
export function readUpstreamError(text: string): UpstreamError | undefined {
  return errorIn(parsed(text));
}

/** The same from a body that has been parsed already. */
export function upstreamErrorIn(json: unknown): UpstreamError | undefined {
  return errorIn(json);
}

/** Our own error body, `{"error":{"message","type","param":null,"code"}}` as a JSON string. */
export function errorBody(error: OwnError): string {
  return JSON.stringify({
    error: { message: error.message, type: error.type, param: null, code: error.code },
  });
}

/**
 * The last event of a stream that breaks after its start: the error body as `data: {...}\n\n`. Clients of Anthropic's
 * know an error by its name and type alone.
 */
export function errorEvent(error: OwnError, format?: StreamFormat): Buffer {
  const body = errorBody(error);
  return Buffer.from(
    format === 'messages' ? `event: error\ndata: {"type":"error",${body.slice(1)}\n\n` : `data: ${body}\n\n`,
  );
}

interface OwnError {
  readonly message: string;
  readonly type: string;
  readonly code: string;
}

const NO_FIELDS: UpstreamError = { message: undefined, type: undefined, code: undefined, status: undefined };

function saysError(value: unknown): boolean {
  const top: unknown = Array.isArray(value) ? value[0] : value;
  if (!isFields(top)) return false;
  return Boolean(top.error) || top.type === 'error' || top.type === 'response.failed';
}

/** `depth` ends the search: the known shapes wrap an error at most three times. */
function errorIn(value: unknown, depth = 0): UpstreamError | undefined {
  if (depth > 3) return undefined;
  if (Array.isArray(value)) return errorIn(value[0], depth + 1);
  if (!isFields(value)) return undefined;
  if (value.type === 'response.failed') return errorIn(value.response, depth + 1);
  if (isFields(value.base_resp)) return baseRespError(value.base_resp);
  // A run of an assistant that failed.
  if (isFields(value.last_error)) return errorIn(value.last_error, depth + 1);

  return errorOfObject(value, depth);
}

function errorOfObject(value: Fields, depth: number): UpstreamError | undefined {
  const told = errorMember(value.error === '' ? undefined : value.error, value, depth);
  if (told !== undefined) return told;
  if (messageOf(value) !== undefined) return fieldsOf(value);
  return (
    errorMember(value.errors ?? value.detail, value, depth) ??
    (saysError(value) ? fieldsOf(value) : undefined)
  );
}

/** What a member says that is an error: as a text, or as an object or a list. */
function errorMember(member: unknown, around: Fields, depth: number): UpstreamError | undefined {
  if (typeof member === 'string') return describedBy(member, around);
  return typeof member === 'object' && member !== null ? wrapped(member, around, depth) : undefined;
}

/** MiniMax: 0 is success. */
function baseRespError({ status_code: code, status_msg: message }: Fields): UpstreamError | undefined {
  if (typeof code !== 'number' || code === 0) return undefined;
  return { message: text(message), type: undefined, code: String(code), status: undefined };
}

/** Beside a message, an error that is a text is its type: `{"error":"Unauthorized","message":"Invalid token"}`. */
function describedBy(description: string, around: Fields): UpstreamError {
  const own = fieldsOf(around);
  if (own.message === undefined) return { ...own, message: description };
  return { ...own, type: own.type ?? description, status: own.status ?? statusOf([description]) };
}

/** What the error object leaves out may stand beside it. */
function wrapped(error: object, around: Fields, depth: number): UpstreamError {
  const own = errorIn(error, depth + 1) ?? (isFields(error) ? fieldsOf(error) : NO_FIELDS);
  return {
    message: own.message ?? messageOf(around),
    type: own.type ?? typeOf(around),
    code: own.code ?? codeOf(around),
    status: own.status ?? statusOf([around.status, around.code, around.type]),
  };
}

function fieldsOf(value: Fields): UpstreamError {
  return {
    message: messageOf(value),
    // Google puts the kind of error into a status word.
    type: typeOf(value) ?? (/^[A-Z_]+$/.test(text(value.status) ?? '') ? text(value.status) : undefined),
    code: codeOf(value),
    status: statusOf([value.status, value.code, value.type]),
  };
}

function messageOf(value: Fields): string | undefined {
  return text(value.message) ?? text(value.msg) ?? text(value.error_msg);
}

/** `"type":"error"` only says that it is one. */
function typeOf(value: Fields): string | undefined {
  return value.type === 'error' ? undefined : text(value.type);
}

function codeOf(value: Fields): string | undefined {
  const code = value.code ?? value.error_code;
  return typeof code === 'number' ? String(code) : text(code);
}
