import { closingQuote, nestedEnd, OPEN_BRACE, OPEN_BRACKET, scanMembers, skipSpace } from '../json/json-scan';

const QUOTE = 0x22;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;

/** Objects, lists of them, and where in them usage is told. */
interface Place {
  readonly has?: ReadonlySet<string>;
  readonly within?: ReadonlyMap<string, Place>;
  /** Of each item, where it is a list. */
  readonly items?: Place;
}

const holder: Place = { has: new Set(['usage', 'usageMetadata']) };
/**
 * What answers tell of themselves: on top in most, in the response, message or interaction that an event is about, in
 * `x_groq`, with a choice as Moonshot does, and in the envelopes `result` and `data`. Google's streams may come as one
 * list. An object of that name anywhere else is a client's or a model's.
 */
const ANSWER: Place = {
  ...holder,
  within: new Map<string, Place>([
    ...(['response', 'message', 'interaction', 'x_groq', 'result', 'data'] as const).map(
      (name): [string, Place] => [name, holder],
    ),
    ['choices', { items: holder }],
  ]),
  items: holder,
};

/** Offsets of the values that tell the usage of the answer that begins at `start`, as far as its text goes, in order. */
export function usageValues(bytes: Buffer, start: number): readonly number[] {
  const found: number[] = [];
  walk(bytes, start, ANSWER, found);
  return found;
}

function walk(bytes: Buffer, start: number, place: Place, found: number[]): void {
  if (bytes[start] === OPEN_BRACKET && place.items !== undefined) {
    walkItems(bytes, start, place.items, found);
    return;
  }
  if (bytes[start] !== OPEN_BRACE) return;
  scanMembers(bytes, start, (nameAt, valueAt) => {
    const name = nameOf(bytes, nameAt);
    if (place.has?.has(name) === true) found.push(valueAt);
    const inner = place.within?.get(name);
    if (inner !== undefined) walk(bytes, valueAt, inner, found);
  });
}

function walkItems(bytes: Buffer, start: number, place: Place, found: number[]): void {
  let at = skipSpace(bytes, start + 1);
  while (bytes[at] === OPEN_BRACE) {
    walk(bytes, at, place, found);
    const end = nestedEnd(bytes, at);
    if (end < 0) return;
    at = skipSpace(bytes, end);
    if (bytes[at] !== COMMA) return;
    at = skipSpace(bytes, at + 1);
  }
}

const NAME_BYTES_MAX = 16;

/** '' for names that are too long to be one of these. */
function nameOf(bytes: Buffer, nameAt: number): string {
  const end = bytes.subarray(0, nameAt + NAME_BYTES_MAX + 2).indexOf(QUOTE, nameAt + 1);
  return end === -1 ? '' : bytes.toString('latin1', nameAt + 1, end);
}

/** Behind its usage an answer may repeat what the client has sent with it: metadata, of some kilobytes. */
const REST_BYTES_MAX = 64 * 1024;
const CLOSERS_MAX = 3;

/**
 * What is closed behind `from` that was opened before it: `}` behind a member of an object on top. Undefined where that
 * is not soon found out.
 */
export function closedBehind(bytes: Buffer, from: number): string | undefined {
  if (bytes.length - from > REST_BYTES_MAX) return undefined;
  let closed = '';
  let depth = 0;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = closingQuote(bytes, at + 1);
      if (at === -1) return undefined;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth > 0) depth -= 1;
      else if (closed.length === CLOSERS_MAX) return undefined;
      else closed += byte === CLOSE_BRACE ? '}' : ']';
    }
  }
  return closed;
}
