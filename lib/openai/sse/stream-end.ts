import { isEmpty } from '../errors/error-shape';
import { isFields, parsed, type Fields } from '../json/json-fields';
import { scanMembers, shortStringAt, skipSpace } from '../json/json-scan';
import { eventData, eventName } from './sse-fields';
import { ENDING_TYPES, typedFormat, type StreamFormat } from './stream-kinds';

/** A finish is followed by usage, an end mark and little else. */
const LAST_EVENTS = 6;
/** The first events of a stream of typed events tell what it is. */
const FIRST_EVENTS = 4;
/** All choices of an answer begin early on. */
const CHOICES_BEGIN_WITHIN = 32;
const COMMENT = 0x3a;

/**
 * Whether a stream may end where it does. Watches its events as they pass, for next to nothing, and reads only the last
 * few of them, and of a stream with several choices those with a finish.
 */
export class StreamEnd {
  readonly #last: Buffer[] = [];
  #seen = 0;
  #format: StreamFormat | undefined;
  /** Of a stream with several choices: those that have begun, and those that have their finish. */
  #begun: Set<number> | undefined;
  readonly #finished = new Set<number>();

  observe(raw: Buffer): void {
    if (raw[0] === COMMENT) return;
    this.#last.push(raw);
    if (this.#last.length > LAST_EVENTS) this.#last.shift();
    if (this.#seen < CHOICES_BEGIN_WITHIN) this.#observeEarly(raw);
    else if (this.#begun !== undefined && mayFinish(raw)) this.#note(raw);
  }

  /** Undefined if it is not known. */
  get format(): StreamFormat | undefined {
    return this.#format ?? this.#last.map((raw) => read(raw).format).find((format) => format !== undefined);
  }

  /**
   * True for a stream of a known kind whose answers end with a finish, without one. A stream of any other kind ends
   * where it ends. Ask at its end.
   */
  get isMissing(): boolean {
    const readings: Reading[] = [];
    // Most streams end with a mark, and then nothing else has to be read.
    for (const raw of this.#last.toReversed()) {
      const reading = read(raw);
      if (reading.isEnd) return false;
      readings.unshift(reading);
    }
    const lastWithChoices = readings.findLast(({ choices }) => choices !== undefined);
    if (lastWithChoices?.isUsageOnly === true) return false;
    const choices = readings.flatMap((reading) => reading.choices ?? []);
    const begun = new Set([...(this.#begun ?? []), ...choices.map(({ index }) => index)]);
    if (begun.size === 0) return this.format !== undefined;
    const finished = new Set(choices.flatMap(({ index, isFinished }) => (isFinished ? [index] : [])));
    return [...begun].some((index) => !finished.has(index) && !this.#finished.has(index));
  }

  #observeEarly(raw: Buffer): void {
    this.#seen += 1;
    if (this.#seen <= FIRST_EVENTS && !raw.includes(CHOICES)) this.#format ??= typedFormat(typeOf(raw));
    if (this.#begun !== undefined || hasOtherIndex(raw)) this.#note(raw);
  }

  #note(raw: Buffer): void {
    const { choices = [] } = read(raw);
    if (this.#begun === undefined && choices.every(({ index }) => index === 0)) return;
    this.#begun ??= new Set(this.#last.flatMap((one) => (read(one).choices ?? []).map(({ index }) => index)));
    for (const { index, isFinished } of choices) {
      this.#begun.add(index);
      if (isFinished) this.#finished.add(index);
    }
  }
}

interface Reading {
  readonly format: StreamFormat | undefined;
  /** The stream is complete with this, whatever came before. */
  readonly isEnd: boolean;
  /** Undefined for an event that is not made of choices. */
  readonly choices?: readonly { readonly index: number; readonly isFinished: boolean }[];
  /** It comes behind all choices. */
  readonly isUsageOnly?: boolean;
}

const UNKNOWN: Reading = { format: undefined, isEnd: false };
const MARK_BYTES_MAX = 64;
const MARK = /^"?\[DONE\]"?$/i;
const CHOICES = Buffer.from('"choices"');
const UNTYPED_SIGNS = ['"choices"', '"candidates"', '"done"'].map((word) => Buffer.from(word));
const STOP_REASON = /"stop_reason"\s*:\s*"(?!null"|")/;

/** What an event, or a line of JSON, says of the end of its stream. */
function read(raw: Buffer): Reading {
  if (raw.length < MARK_BYTES_MAX && MARK.test((eventData(raw) ?? raw.toString('latin1')).trim()))
    return { format: undefined, isEnd: true };
  const type = typeOf(raw);
  const format = typedFormat(type);
  if (type !== undefined && ENDING_TYPES.has(type)) return { format, isEnd: true };
  if (format === 'messages') return { format, isEnd: STOP_REASON.test(raw.toString('latin1')) };
  if (format !== undefined) return { format, isEnd: false };
  if (!UNTYPED_SIGNS.some((word) => raw.includes(word))) return UNKNOWN;
  const value = parsed(eventData(raw) ?? raw.toString('utf8'));
  return isFields(value) ? readUntyped(value) : UNKNOWN;
}

function readUntyped(value: Fields): Reading {
  const { choices, candidates, done, usage } = value;
  if (typeof done === 'boolean' && 'model' in value) return { format: 'done', isEnd: done };
  const list: unknown = choices ?? candidates;
  if (!Array.isArray(list)) return UNKNOWN;
  const isFinished = hasFinish(value);
  return {
    format: choices === undefined ? 'candidates' : 'choices',
    isEnd: isFields(value.promptFeedback) && !isEmpty(value.promptFeedback.blockReason),
    choices: list
      .filter(isFields)
      .map((one) => ({ index: indexOf(one), isFinished: isFinished || hasFinish(one) })),
    isUsageOnly: list.length === 0 && isFields(usage),
  };
}

function indexOf({ index }: Fields): number {
  return typeof index === 'number' ? index : 0;
}

/** Providers that must not leave it out may send an empty text, or "null". */
function hasFinish(one: Fields): boolean {
  const { delta } = one;
  const inDelta = isFields(delta) ? delta.finish_reason : undefined;
  return [one.finish_reason, one.finishReason, inDelta].some(
    (reason) => !isEmpty(reason) && reason !== 'null' && reason !== false,
  );
}

const DATA = Buffer.from('data:');

/** The type that the event's name or its data tells; undefined if there is none, or it cannot be told in one go. */
export function typeOf(raw: Buffer): string | undefined {
  const name = eventName(raw);
  if (name !== undefined && (ENDING_TYPES.has(name) || typedFormat(name) !== undefined)) return name;
  const data = raw.indexOf(DATA);
  let type: string | undefined;
  scanMembers(raw, skipSpace(raw, data === -1 ? 0 : data + DATA.length), (nameAt, valueAt) => {
    const member = shortStringAt(raw, nameAt);
    if (member === 'type' || member === 'event_type') type ??= shortStringAt(raw, valueAt);
  });
  return type;
}

const INDEX = Buffer.from('"index"');
const COLON = 0x3a;
const ONE = 0x31;
const NINE = 0x39;

/** Whether anything in it has an index other than 0: a choice, or a call of a tool. */
function hasOtherIndex(raw: Buffer): boolean {
  for (let at = raw.indexOf(INDEX); at !== -1; at = raw.indexOf(INDEX, at + INDEX.length)) {
    const colon = skipSpace(raw, at + INDEX.length);
    const digit = raw[colon] === COLON ? raw[skipSpace(raw, colon + 1)] : undefined;
    if (digit !== undefined && digit >= ONE && digit <= NINE) return true;
  }
  return false;
}

const NO_FINISH = Buffer.from('"finish_reason":null');

/** The most ordinary event of a chat says that it has none. */
function mayFinish(raw: Buffer): boolean {
  return !raw.includes(NO_FINISH);
}
