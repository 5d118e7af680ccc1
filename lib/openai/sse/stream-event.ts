import { isEmpty, readsAsError } from '../errors/error-shape';
import { isFields, parsed } from '../json/json-fields';
import { skipBom, skipSpace } from '../json/json-scan';
import { eventData, eventName } from './sse-fields';

/**
 * `comment`: nothing but comments, or no data. `preamble`: the answer is announced, and nothing of it is said yet.
 * `finish`: the end mark. `content`: anything else that is no error, unknown things too.
 */
export type EventKind = 'comment' | 'preamble' | 'content' | 'finish' | 'error';

/** Types, and event names, that say that an answer will come: of the Responses API and of Anthropic's. */
const PREAMBLE_TYPES: ReadonlySet<unknown> = new Set([
  'response.created',
  'response.in_progress',
  'response.queued',
  'response.output_item.added',
  'response.content_part.added',
  'response.reasoning_summary_part.added',
  'message_start',
  'content_block_start',
  'ping',
]);

/** What one event of a stream says, as long as none has said anything yet. It is parsed, so not for every event. */
export function kindOfEvent(raw: Buffer): EventKind {
  const name = eventName(raw);
  if (isErrorName(name)) return 'error';
  const data = eventData(raw)?.trim() ?? '';
  if (data === '') return 'comment';
  if (data === '[DONE]') return 'finish';
  const value = parsed(data);
  if (readsAsError(value)) return 'error';
  if (PREAMBLE_TYPES.has(name)) return 'preamble';
  return isFields(value) && isPreamble(value) ? 'preamble' : 'content';
}

const ERROR_WORD = Buffer.from('"error"');
/** One of them stands in every ordinary event of chats, completions, the Responses API, Anthropic and Gemini. */
const CONTENT_WORDS = [Buffer.from('delta"'), Buffer.from('"text"')];
/** An error without the word "error" has at least one of these. */
const SUSPICIOUS_WORDS = [
  '"response.failed"',
  '"base_resp"',
  '"message"',
  '"msg"',
  '"error_msg"',
  '"errors"',
  '"detail"',
].map((word) => Buffer.from(word));

/** Runs of assistants tell their failure in the name of an event; its data is the run. */
const FAILED_RUNS: ReadonlySet<unknown> = new Set(['thread.run.failed', 'thread.run.expired']);
const RUN_NAME = Buffer.from('event: thread.run.');

function isErrorName(name: string | undefined): boolean {
  return name === 'error' || FAILED_RUNS.has(name);
}

/** Whether an event after the first content is an error. Ordinary events cost two or three native searches. */
export function isErrorEvent(raw: Buffer): boolean {
  if (isOfRun(raw) && isErrorName(eventName(raw))) return true;
  const hasWord = raw.includes(ERROR_WORD);
  if (!hasWord && CONTENT_WORDS.some((word) => raw.includes(word))) return false;
  if (eventName(raw) === 'error') return true;
  if (!hasWord && !SUSPICIOUS_WORDS.some((word) => raw.includes(word))) return false;
  return readsAsError(parsed(eventData(raw) ?? ''));
}

/** Told by the first bytes, with or without the space. */
function isOfRun(raw: Buffer): boolean {
  if (raw[0] !== RUN_NAME[0]) return false;
  const name = raw[6] === 0x20 ? 7 : 6;
  return raw.subarray(name, name + 11).equals(RUN_NAME.subarray(7));
}

/** Whether this is JSON without the framing of an event. No line of an event begins so. */
export function isRawJson(raw: Buffer): boolean {
  const first = raw[skipSpace(raw, skipBom(raw))];
  return first === 0x7b || first === 0x5b;
}

/** Whether JSON that came without framing is an error; of several lines of JSON the first one counts. */
export function isRawError(text: string): boolean {
  const value = parsed(text);
  return readsAsError(value === undefined ? parsed(text.trimStart().split('\n', 1)[0] ?? '') : value);
}

function isPreamble(value: Readonly<Record<string, unknown>>): boolean {
  if (PREAMBLE_TYPES.has(value.type)) return true;
  if (Array.isArray(value.choices)) return value.choices.every(isSilentChoice);
  return Array.isArray(value.candidates) && value.candidates.every(isSilentCandidate);
}

/** A choice that holds a role and nothing else. */
function isSilentChoice(choice: unknown): boolean {
  if (!isFields(choice)) return false;
  if (!isEmpty(choice.finish_reason) || !isEmpty(choice.text)) return false;
  const said = choice.delta ?? choice.message;
  if (!isFields(said)) return isEmpty(said);
  return Object.entries(said).every(([name, part]) => name === 'role' || isEmpty(part));
}

function isSilentCandidate(candidate: unknown): boolean {
  if (!isFields(candidate) || !isEmpty(candidate.finishReason)) return false;
  const parts = isFields(candidate.content) ? candidate.content.parts : undefined;
  if (!Array.isArray(parts)) return isEmpty(parts);
  return parts.every((part) => isFields(part) && Object.values(part).every(isEmpty));
}
