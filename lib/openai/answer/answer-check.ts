import { isEmpty, readsAsError } from '../errors/error-shape';
import { isFields, parsed } from '../json/json-fields';
import { skipBom, skipSpace } from '../json/json-scan';

/**
 * What the body of a 2xx turns out to be. `no_choice`: a chat without an answer and without a reason why. Only `answer`
 * is one.
 */
export type AnswerCheck = 'answer' | 'error' | 'no_choice' | 'html' | 'empty';

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
/** A longer body is only looked at where it begins and ends: errors are short. */
const WINDOW_BYTES = 8 * 1024;
/** Null, or a text, where an object was promised. */
const NO_JSON = /^(?:null\s*$|[A-Za-z])/;
const HTML_START = /^<(!doctype\s+html|html[\s>])/i;

/**
 * Checks the body of a 2xx, or what has come of it so far (`isWhole` false; then only a page of HTML is told). Ordinary
 * answers cost a few native searches; only a body with something suspicious in it is parsed. An `error` of null, and
 * texts that speak of errors, are answers.
 */
export function checkAnswer(body: Buffer, contentType: string, isWhole: boolean): AnswerCheck {
  const start = skipSpace(body, skipBom(body));
  if (start >= body.length) return isWhole && !isPlainText(body, contentType) ? 'empty' : 'answer';
  const isJson = body[start] === OPEN_BRACE || body[start] === OPEN_BRACKET;
  if (!isJson) return checkOther(body, start, contentType, isWhole);
  if (!isWhole || !isSuspicious(body)) return 'answer';
  const value = parsed(body.toString('utf8', skipBom(body)));
  // Cut off, or nothing: {}, [].
  if (value === undefined || isEmpty(value)) return contentType.includes('json') ? 'empty' : 'answer';
  return checkParsed(value);
}

/** What is no JSON: a page, nothing where JSON was promised, or an answer in another format. */
function checkOther(body: Buffer, start: number, contentType: string, isWhole: boolean): AnswerCheck {
  if (isHtml(body, start, contentType)) return 'html';
  const isPromised = isWhole && contentType.startsWith('application/json');
  return isPromised && NO_JSON.test(body.toString('latin1', start, start + 16)) ? 'empty' : 'answer';
}

/** The transcript of silence is a line without a word. */
function isPlainText(body: Buffer, contentType: string): boolean {
  return body.length > 0 && contentType.startsWith('text/') && !contentType.startsWith('text/html');
}

function isHtml(body: Buffer, start: number, contentType: string): boolean {
  return (
    contentType.startsWith('text/html') || HTML_START.test(body.toString('latin1', start, start + 32).trim())
  );
}

const ERROR_WORD = Buffer.from('"error"');
const BASE_WORD = Buffer.from('"base_resp"');
const CHOICES_WORD = Buffer.from('"choices"');
/** An answer has one of these, in the order of how often it is asked for. */
const CONTENT_WORDS = [
  CHOICES_WORD,
  ...['"data"', '"output"', '"content"', '"candidates"', '"results"', '"text"'].map((word) =>
    Buffer.from(word),
  ),
];

/** Whether the last byte that is no space ends an object or a list. */
function isClosed(body: Buffer): boolean {
  let last = body.length - 1;
  while (last > 0 && (body[last] ?? 0) <= 0x20) last--;
  return body[last] === 0x7d || body[last] === 0x5d;
}

/** How an ordinary chat looks, told by text searches because they cost less than those in bytes. */
function isPlainChat(body: Buffer): boolean {
  const text = body.toString('latin1');
  return (
    /\}\s*$/.test(text.slice(-16)) &&
    text.includes('"choices":[{') &&
    !text.includes('"error"') &&
    !text.includes('"base_resp"')
  );
}

function isSuspicious(body: Buffer): boolean {
  const isShort = body.length <= WINDOW_BYTES;
  if (!isClosed(body)) return true;
  if (isShort && isPlainChat(body)) return false;
  const head = isShort ? body : body.subarray(0, WINDOW_BYTES / 2);
  const hasContent = CONTENT_WORDS.some((word) => hasFilled(head, word));
  if (!hasContent && (isShort || head.includes(CHOICES_WORD))) return true;
  return hasErrorMember(head) || (!isShort && hasErrorMember(body.subarray(body.length - WINDOW_BYTES / 2)));
}

function hasErrorMember(bytes: Buffer): boolean {
  return hasFilled(bytes, ERROR_WORD) || bytes.includes(BASE_WORD);
}

function hasFilled(bytes: Buffer, name: Buffer): boolean {
  for (let value = valueOf(bytes, name, 0); value !== -1; value = valueOf(bytes, name, value)) {
    if (!isEmptyAt(bytes, value)) return true;
  }
  return false;
}

/**
 * Offset of the value of the next member of this name at any depth, -1 if there is none. Within a JSON string the
 * quotes would be escaped, so these bytes before a colon are the name of a member.
 */
function valueOf(bytes: Buffer, name: Buffer, from: number): number {
  for (let at = bytes.indexOf(name, from); at !== -1; at = bytes.indexOf(name, at + name.length)) {
    const colon = skipSpace(bytes, at + name.length);
    if (bytes[colon] === 0x3a) return skipSpace(bytes, colon + 1);
  }
  return -1;
}

/** Null, false, '', [] or {}; told by the first bytes. */
function isEmptyAt(bytes: Buffer, at: number): boolean {
  switch (bytes[at]) {
    case 0x6e:
    case 0x66:
      return true;
    case 0x22:
      return bytes[at + 1] === 0x22;
    case OPEN_BRACKET:
    case OPEN_BRACE:
      // In ASCII each closer is its opener + 2.
      return bytes[skipSpace(bytes, at + 1)] === (bytes[at] ?? 0) + 2;
    default:
      return false;
  }
}

function checkParsed(value: unknown): AnswerCheck {
  if (readsAsError(value)) return 'error';
  return isFields(value) && 'choices' in value && isEmpty(value.choices) && !hasReason(value)
    ? 'no_choice'
    : 'answer';
}

const REASONS = [
  'prompt_filter_results',
  'promptFeedback',
  'prompt_feedback',
  'finish_reason',
  'finishReason',
  'block_reason',
  'blockReason',
];

/** A filter may have taken the answer away, and the client is to hear that. Something else may have been asked for. */
function hasReason(value: Readonly<Record<string, unknown>>): boolean {
  return [...REASONS, 'output', 'content', 'data', 'candidates', 'results', 'text'].some(
    (name) => !isEmpty(value[name]),
  );
}
