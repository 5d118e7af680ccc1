import { eventData } from '../sse/sse-fields';
import { isFields, parsed, text, type Fields } from '../json/json-fields';
import { upstreamErrorIn, type UpstreamError } from './errors';
import { statusOf } from './error-status';

/** What the rules look at: an upstream's answer, taken apart. Texts are in lower case. */
export interface ErrorEvidence {
  /** The status of the answer; of a 2xx the one that the error within it names, 0 if it names none. */
  readonly status: number;
  /** Codes, types and status words, wherever they stand; those of `base_resp` begin with `base_resp.`. */
  readonly words: readonly string[];
  /** What it says, without the parts in quotes: they are often the client's own words. */
  readonly text: string;
  /** The part of the request that it is about, such as `messages[0].content`. */
  readonly param: string;
  /** A page for a browser instead of an answer for a program. */
  readonly isPage: boolean;
  /** As much of the body as was read. */
  readonly raw: string;
  /** The body as JSON, if it is. */
  readonly json: unknown;
  readonly error: UpstreamError | undefined;
}

/**
 * Gathers the evidence from a body in any shape: with a BOM, framed as events, a page, a list, a plain text. Never
 * throws.
 */
export function evidenceOf(status: number, body: string): ErrorEvidence {
  const raw = body.charCodeAt(0) === 0xfeff ? body.slice(1) : body;
  const isPage = looksLikePage(raw);
  const json = isPage ? undefined : jsonIn(raw);
  const found = new Found();
  if (json !== undefined) gather(json, found, 0);
  else if (!isPage) found.messages.push(raw.slice(0, PLAIN_TEXT_MAX).trim());
  const error = json === undefined ? plainError(raw, isPage) : upstreamErrorIn(json);
  const said = [...new Set(found.messages)].join('\n').slice(0, TEXT_LENGTH_MAX);
  return {
    status: status >= 300 ? status : (statusOf(found.codes) ?? error?.status ?? 0),
    words: found.words,
    text: (QUOTING.has(status) ? withoutQuotes(said) : said).toLowerCase(),
    param: found.param.toLowerCase(),
    isPage,
    raw,
    json,
    error,
  };
}

const PLAIN_TEXT_MAX = 2_000;
/** The rules are regular expressions: what they look at must be short. What an error says stands at its beginning. */
const TEXT_LENGTH_MAX = 2_000;
const PAGE_START =
  /^\s*(<!--.{0,500}?-->\s*)?<(!doctype html|html|head|body|center|h1|title|\?xml[^>]*>\s*<(!doctype )?html)/is;

/** Whether a text is a page for a browser. */
export function looksLikePage(body: string): boolean {
  return PAGE_START.test(body.slice(0, PLAIN_TEXT_MAX));
}

/** The body's JSON, be it bare, framed as server-sent events, or one of several lines. */
function jsonIn(raw: string): unknown {
  const whole = parsed(raw);
  if (whole !== undefined) return whole;
  const framed = raw.trimStart().startsWith('{') ? undefined : framedData(raw);
  if (framed !== undefined) return framed;
  const [first = ''] = raw.trim().split('\n', 1);
  return parsed(first);
}

/** So many events are looked at from the end: a body of nothing but empty ones must not hold everybody up. */
const EVENTS_MAX = 100;

/** Of several events the last that is JSON: an error comes at the end. */
function framedData(raw: string): unknown {
  const events = raw.split(/(?:\r?\n){2,}/).slice(-EVENTS_MAX);
  for (const event of events.reverse()) {
    const data = eventData(Buffer.from(event));
    const value = data === undefined ? undefined : parsed(data);
    if (value !== undefined) return value;
  }
  return undefined;
}

function plainError(raw: string, isPage: boolean): UpstreamError | undefined {
  const message = isPage ? titleOf(raw) : raw.slice(0, 300).trim();
  if (message === '') return undefined;
  return { message, type: undefined, code: undefined, status: undefined };
}

/** How the message of an error begins that is a page for a browser. */
export const PAGE = 'a page of HTML';

function titleOf(page: string): string {
  const title = /<title[^>]{0,100}>([^<]{1,200})/i.exec(page.slice(0, TEXT_LENGTH_MAX))?.[1]?.trim();
  return title === undefined || title === '' ? PAGE : `a page of HTML: ${title}`;
}

class Found {
  readonly messages: string[] = [];
  readonly words: string[] = [];
  /** As they stand, for reading a status out of them. */
  readonly codes: unknown[] = [];
  param = '';
}

const MESSAGE_FIELDS = [
  'message',
  'msg',
  'error_msg',
  'errmsg',
  'err_msg',
  'error_message',
  'errorMessage',
  'errorMsg',
  'error_description',
  'status_msg',
  'detail',
  'description',
  'title',
  'Message',
];
const CODE_FIELDS = [
  'code',
  'status',
  'type',
  'error_code',
  'errorCode',
  'errcode',
  'err_code',
  'status_code',
  'statusCode',
  'reason',
  'object',
  'Code',
  '__type',
];
/**
 * Where errors are wrapped in. Nothing else is looked into: it may hold the client's own texts, or (`metadata.raw` of a
 * relay) speak of the relay's own keys.
 */
const WRAPPERS = [
  'error',
  'errors',
  'detail',
  'details',
  'innererror',
  'inner_error',
  'response',
  'Response',
  'ResponseMetadata',
  'Error',
  'header',
  'base_resp',
  'metadata',
  'last_error',
];
const DEPTH_MAX = 5;
const LIST_MAX = 8;

function gather(value: unknown, found: Found, depth: number, prefix = ''): void {
  if (depth > DEPTH_MAX) return;
  if (Array.isArray(value)) {
    for (const one of value.slice(0, LIST_MAX)) gather(one, found, depth + 1);
  } else if (typeof value === 'string') {
    gatherText(value, found, depth);
  } else if (isFields(value)) {
    gatherFields(value, found, depth, prefix);
  }
}

function gatherFields(value: Fields, found: Found, depth: number, prefix: string): void {
  gatherCodes(value, found, prefix);
  for (const name of MESSAGE_FIELDS) {
    const message = text(value[name]);
    if (message !== undefined) gatherText(message, found, depth);
  }
  for (const name of WRAPPERS) {
    // A text in `detail` is a message, and has been taken above.
    if (name === 'detail' && typeof value[name] === 'string') continue;
    gather(value[name], found, depth + 1, name === 'base_resp' ? 'base_resp.' : '');
  }
}

/** Some quote the error of their own upstream as JSON in a text. */
function gatherText(message: string, found: Found, depth: number): void {
  const inner = /^\s*[[{]/.test(message) ? parsed(message) : undefined;
  if (inner instanceof Object) gather(inner, found, depth + 1);
  else found.messages.push(message.slice(0, TEXT_LENGTH_MAX));
}

function gatherCodes(value: Fields, found: Found, prefix: string): void {
  for (const name of CODE_FIELDS) {
    const code = value[name];
    if (typeof code !== 'string' && typeof code !== 'number') continue;
    if (code === '') continue;
    found.codes.push(code);
    found.words.push(`${prefix}${String(code).slice(0, 200).toLowerCase()}`);
  }
  found.param ||= text(value.param) ?? '';
}

/** Statuses whose texts quote what the client sent. */
const QUOTING: ReadonlySet<number> = new Set([400, 404, 413, 415, 422]);

/** Leaves apostrophes within words alone. A quote that does not end is taken to the end of its line. */
function withoutQuotes(message: string): string {
  return message
    .replace(/(^|[\s([{:=,])'(?:[^\n]*?'(?!\w)|[^\n]*$)/gm, "$1''")
    .replace(/"[^"\n]*"/g, '""')
    .replace(/`[^`\n]*`/g, '``');
}
