import { OPEN_BRACE, OPEN_BRACKET, closingQuoteBefore, skipSpace } from '../json/json-scan';

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const SLICE_BYTES = 64 * 1024;

/** A member below which nothing names an object at the provider: if it is an object, or also if it is a list. */
interface Words {
  readonly name: Buffer;
  readonly isListToo: boolean;
}
const words = (name: string, isListToo = false): Words => ({ name: Buffer.from(`"${name}"`), isListToo });

/** What clients call things in their own way, what a model is told of tools, and what it has told them. */
export const ANSWER_WORDS: readonly Words[] = [
  words('metadata'),
  words('parameters', true),
  words('input_schema'),
  words('schema'),
  words('arguments', true),
];
/** Of requests also what a tool has said; as a list it has files. */
export const WORDS: readonly Words[] = [...ANSWER_WORDS, words('output')];
/** The same for messages, in which a tool's arguments have another name. */
export const MESSAGE_WORDS: readonly Words[] = [...WORDS, words('input')];

export type Span = readonly [from: number, to: number];

/** No honest body has so many of one name; what stands in more is taken for no words. */
const SPANS_MAX = 10_000;
const PLACES_A_SLICE = 250;

/** Where such words stand in a JSON text, in order and apart from each other. A slice with each step. */
export function* wordsIn(bytes: Buffer, all: readonly Words[]): Generator<void, readonly Span[]> {
  const spans: Span[] = [];
  for (const { name, isListToo } of all) {
    let places = 0;
    for (let at = bytes.indexOf(name); at !== -1 && places < SPANS_MAX;) {
      places += 1;
      if (places % PLACES_A_SLICE === 0) yield;
      const from = valueBehind(bytes, at, name.length);
      const isSpan = bytes[from] === OPEN_BRACE || (isListToo && bytes[from] === OPEN_BRACKET);
      const end = isSpan ? yield* endOf(bytes, from) : at + name.length;
      if (isSpan) spans.push([from, end]);
      at = bytes.indexOf(name, end);
    }
    if (bytes.length > SLICE_BYTES) yield;
  }
  return merged(spans);
}

function merged(spans: Span[]): readonly Span[] {
  if (spans.length < 2) return spans;
  const apart: Span[] = [];
  for (const span of spans.sort(([a], [b]) => a - b)) {
    if (span[0] >= (apart.at(-1)?.[1] ?? 0)) apart.push(span);
  }
  return apart;
}

/** Whether a place is in one of the spans, which are in order and apart from each other. */
export function isWithin(spans: readonly Span[], at: number): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.[0] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const before = spans[low - 1];
  return before !== undefined && at < before[1];
}

/** Where the value of the member begins of which the name stands at `at`; -1 if it is none. */
function valueBehind(bytes: Buffer, at: number, length: number): number {
  const colon = skipSpace(bytes, at + length);
  return bytes[colon] === COLON && bytes[at - 1] !== BACKSLASH ? skipSpace(bytes, colon + 1) : -1;
}

/** The offset behind the object or the list that opens at `start`: the end of the text if it does not close. */
function* endOf(bytes: Buffer, start: number): Generator<void, number> {
  let depth = 0;
  let pause = start + SLICE_BYTES;
  for (let at = start; at < bytes.length; at++) {
    if (at >= pause) {
      yield;
      pause = at + SLICE_BYTES;
    }
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = yield* closingQuoteOf(bytes, at);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return bytes.length;
}

/** The offset of the quote that closes the text which opens at `start`, or the end of the bytes. */
function* closingQuoteOf(bytes: Buffer, start: number): Generator<void, number> {
  let end = closingQuoteBefore(bytes, start + 1, start + SLICE_BYTES);
  while (end < 0 && ~end < bytes.length) {
    yield;
    end = closingQuoteBefore(bytes, ~end, ~end + SLICE_BYTES);
  }
  return end < 0 ? bytes.length : end;
}
