import { JsonUsageScanner, type Usage } from '../../openai/answer/usage';
import { readUpstreamError } from '../../openai/errors/errors';
import { isFields, parsed } from '../../openai/json/json-fields';
import type { Frame } from '../../upstream/socket/socket-end';
import { GATEWAY_ERRORS, type GatewayError } from '../answer/errors';

/** What a message says of a response: that it is wanted, is made now, has no content yet, or is over. */
export type EventKind = 'asked' | 'created' | 'begun' | 'ended';

const KINDS: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ['response.create', 'asked'],
  ['response.created', 'created'],
  ['response.queued', 'begun'],
  ['response.in_progress', 'begun'],
  ['response.done', 'ended'],
  ['response.completed', 'ended'],
  ['response.incomplete', 'ended'],
  ['response.failed', 'ended'],
  ['response.cancelled', 'ended'],
]);
const MARK = Buffer.from('"response.');
const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const KIND_BYTES_MAX = 24;
/** What stands before the kind of an event. */
const TYPE = /"type"\s*:\s*$/;
const TYPE_BYTES_MAX = 16;

/** JSON is read however it is sent. */
export function isText({ data, isBinary }: Frame): boolean {
  return !isBinary || data[0] === OPEN_BRACE;
}

/** Undefined for every other message, at the price of a native search. */
export function eventKind(frame: Frame): EventKind | undefined {
  const { data } = frame;
  if (!isText(frame)) return undefined;
  for (let at = data.indexOf(MARK); at !== -1; at = data.indexOf(MARK, at + 1)) {
    const before = data.toString('latin1', Math.max(0, at - TYPE_BYTES_MAX), at);
    const end = data.indexOf(QUOTE, at + 1);
    if (end - at > KIND_BYTES_MAX || !TYPE.test(before)) continue;
    return KINDS.get(data.toString('latin1', at + 1, end));
  }
  return undefined;
}

export function usageIn({ data }: Frame): Usage | undefined {
  const scanner = new JsonUsageScanner();
  scanner.push(data);
  return scanner.finish();
}

export function addedUsage(sum: Usage | undefined, more: Usage | undefined): Usage | undefined {
  if (sum === undefined || more === undefined) return sum ?? more;
  return {
    promptTokens: sum.promptTokens + more.promptTokens,
    completionTokens: sum.completionTokens + more.completionTokens,
    totalTokens: sum.totalTokens + more.totalTokens,
    cachedTokens: sum.cachedTokens + more.cachedTokens,
    reasoningTokens: sum.reasoningTokens + more.reasoningTokens,
    ...addedTold('cacheWriteTokens', sum, more),
    ...addedTold('audioPromptTokens', sum, more),
    ...addedTold('audioCompletionTokens', sum, more),
    ...addedTold('cachedAudioTokens', sum, more),
    ...addedTold('cacheWrite1hTokens', sum, more),
    ...addedTold('imagePromptTokens', sum, more),
    ...addedTold('imageCompletionTokens', sum, more),
    ...tierOfBoth(sum.tier, more.tier),
  };
}

/** Responses of one connection that were served in different ways have no price together. */
function tierOfBoth(sum: string | undefined, more: string | undefined): Partial<Usage> {
  if (sum === more) return sum === undefined ? {} : { tier: sum };
  return { tier: 'mixed' };
}

/** Of what only some answers tell. */
function addedTold(name: Extract<keyof Usage, `${string}Tokens`>, sum: Usage, more: Usage): Partial<Usage> {
  const tokens = (sum[name] ?? 0) + (more[name] ?? 0);
  return tokens === 0 ? {} : { [name]: tokens };
}

/** An error that is longer has not been seen. */
const ERROR_BYTES_MAX = 64 * 1024;
const ERROR = Buffer.from('"error"');

/** The text of a message that is an error and nothing else; undefined for every other one. */
export function errorTextIn(frame: Frame): string | undefined {
  const { data } = frame;
  if (!isText(frame) || data.length > ERROR_BYTES_MAX || data.indexOf(ERROR) === -1) return undefined;
  const text = data.toString('utf8');
  const event = parsed(text);
  if (!isFields(event)) return undefined;
  const isError = event.type === 'error' || event.type === 'response.failed' || event.type === undefined;
  return isError && readUpstreamError(text) !== undefined ? text : undefined;
}

const FAILED = Buffer.from('"failed"');

/** The error of a response that has ended with `status: failed`, as an error of its own; undefined of any other. */
export function failureTextIn(frame: Frame): string | undefined {
  const { data } = frame;
  if (data.length > ERROR_BYTES_MAX || data.indexOf(FAILED) === -1) return undefined;
  const event = parsed(data.toString('utf8'));
  if (!isFields(event) || !isFields(event.response) || event.response.status !== 'failed') return undefined;
  const { error, status_details: details } = event.response;
  const told = isFields(details) ? (details.error ?? error) : error;
  return JSON.stringify({ type: 'error', error: told ?? { message: 'The response has failed.' } });
}

/** As clients of both APIs know an error: `{"type":"error","status","error":{...}}`. */
export function errorMessage(
  status: number,
  error: { readonly message: string; readonly type: string; readonly code: string | null },
): Frame {
  const { message, type, code } = error;
  const event = { type: 'error', status, error: { type, code, message, param: null } };
  return { data: Buffer.from(JSON.stringify(event)), isBinary: false };
}

export function ownErrorMessage({ code, message }: GatewayError): Frame {
  const { status, type } = GATEWAY_ERRORS[code];
  return errorMessage(status, { message, type, code });
}

/** What a provider said in place of opening a connection. */
export function refusalMessage(status: number, body: Buffer): Frame {
  const told = readUpstreamError(body.toString('utf8'));
  return errorMessage(status, {
    message: told?.message ?? `The provider refused the connection with status ${status}.`,
    type: told?.type ?? 'server_error',
    code: told?.code ?? null,
  });
}

/** An error that is told as the reason of a close, as in `invalid_request_error.invalid_api_key`. */
export function closeReasonText(reason: string): string {
  const [type = '', ...rest] = reason.split('.');
  const code = rest.at(-1) ?? type;
  return JSON.stringify({ type: 'error', error: { type, code, message: reason } });
}

/** A server that has nothing to say any more goes like this. */
const USUAL_CLOSES: ReadonlySet<number> = new Set([1000, 1001, 1005]);
/** Lost connections, and servers that tell of trouble of their own. */
const TROUBLE_CLOSES: ReadonlySet<number> = new Set([1006, 1011, 1012, 1013, 1014]);

/** What a close of the provider's means by its code alone; `told`: its reason may say more. */
export function closeKind(code: number): 'usual' | 'trouble' | 'told' {
  if (USUAL_CLOSES.has(code)) return 'usual';
  return TROUBLE_CLOSES.has(code) ? 'trouble' : 'told';
}

/** For people. */
export function closedWith(code: number, reason: string): string {
  const how = `the provider closed the connection with code ${code}`;
  return reason === '' ? how : `${how}: ${reason}`;
}
