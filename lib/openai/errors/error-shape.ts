import { isFields, type Fields } from '../json/json-fields';

/** Members that hold what was asked for, in the formats of OpenAI, Anthropic, Gemini and their relatives. */
const CONTENT_MEMBERS = [
  'choices',
  'output',
  'content',
  'data',
  'candidates',
  'results',
  'text',
  'delta',
  'embedding',
  'embeddings',
  'response',
] as const;

/** What providers that wrap each answer in an envelope put into `code` when all is well. */
const GOOD_CODES: ReadonlySet<unknown> = new Set([0, 200, '', '0', '200', 'ok', 'success']);

/** True for undefined, null, '', [] and {}. Numbers and booleans say something. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/**
 * Whether a JSON answer or the data of an event is an error and not an answer: an `error` on top, a failed response of
 * the Responses API, MiniMax's `base_resp`, a finish reason `error`, or an object without content that reads like one
 * (`{code,message}`, `{success:false,message}`, `{detail}`). A list is what its first item is, as Gemini sends it.
 */
export function readsAsError(value: unknown): boolean {
  const top: unknown = Array.isArray(value) ? value[0] : value;
  if (!isFields(top)) return false;
  const hasContent = CONTENT_MEMBERS.some((name) => !isEmpty(top[name]));
  // Some relays add an empty `error` to every answer.
  if (Boolean(top.error) && !(hasContent && isEmpty(top.error))) return true;
  if (top.type === 'error' || top.type === 'response.failed' || top.object === 'error') return true;
  return isRefusedByBase(top.base_resp) || hasErrorChoice(top.choices) || (!hasContent && complains(top));
}

/** iFlow tells its errors in `status`; elsewhere that is a word such as "completed". */
function numeric(status: unknown): unknown {
  return typeof status === 'number' || (typeof status === 'string' && /^\d{3}$/.test(status))
    ? status
    : undefined;
}

function isRefusedByBase(base: unknown): boolean {
  const code = isFields(base) ? base.status_code : undefined;
  return typeof code === 'number' && code !== 0;
}

function hasErrorChoice(choices: unknown): boolean {
  return Array.isArray(choices) && choices.some((one) => isFields(one) && one.finish_reason === 'error');
}

function complains(top: Fields): boolean {
  const message = top.message ?? top.msg ?? top.error_msg ?? top.errorMessage ?? top.errmsg;
  if (typeof message === 'string' && message !== '') return top.success === false || hasBadCode(top);
  return hasDetail(top) || !isEmpty(top.errors) || (isFields(top.Response) && !isEmpty(top.Response.Error));
}

function hasDetail({ detail }: Fields): boolean {
  return (typeof detail === 'string' || Array.isArray(detail)) && !isEmpty(detail);
}

function hasBadCode(top: Fields): boolean {
  const codes = [top.code, top.error_code, top.errorCode, top.errcode, numeric(top.status)];
  const code = codes.find((one) => typeof one === 'number' || typeof one === 'string');
  return code !== undefined && !GOOD_CODES.has(typeof code === 'string' ? code.toLowerCase() : code);
}
