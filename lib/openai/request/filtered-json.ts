import { skipBom, skipSpace } from '../json/json-scan';
import { jsonProblem } from '../json/json-problem';
import { JsonScanner } from '../json/json-scanner';
import { SLICE_BYTES } from './media-type';
import { notAllowed, notServed, type ModelFilter } from '../models/model-filter';
import { ModelMentions } from '../models/model-mentions';

export interface BodyRefusal {
  readonly problem: 'filtered' | 'not_allowed' | 'invalid' | 'unreadable';
  readonly message: string;
}

export function filtered(model: string, filter: ModelFilter): BodyRefusal {
  return filter.isFiltered(model)
    ? { problem: 'filtered', message: notServed(model) }
    : { problem: 'not_allowed', message: notAllowed(model) };
}

export function unreadable(why: string): BodyRefusal {
  const message = `The request body cannot be checked for models that are not served here: ${why}.`;
  return { problem: 'unreadable', message };
}

function refusalOf({ filtered: model, doubt }: ModelMentions, filter: ModelFilter): BodyRefusal | undefined {
  if (model !== undefined) return filtered(model, filter);
  return doubt === undefined ? undefined : unreadable(doubt);
}

/** One JSON text; what follows it is left to others. */
export function* inJson(
  bytes: Buffer,
  start: number,
  filter: ModelFilter,
): Generator<void, BodyRefusal | undefined> {
  const mentions = new ModelMentions(bytes, filter);
  const scanner = new JsonScanner(bytes, start, mentions, true);
  while (!scanner.step(SLICE_BYTES)) yield;
  if (mentions.filtered !== undefined) return filtered(mentions.filtered, filter);
  if (scanner.end < 0) return { problem: 'invalid', message: jsonProblem(bytes, ~scanner.end) };
  return refusalOf(mentions, filter);
}

const LF = 0x0a;
const RECORD_SEPARATOR = 0x1e;

/**
 * JSON texts one after the other, none of them across lines; the first that is none ends it. Each byte is looked at
 * once, and a line ends what is read of it, so that no reader of lines sees another text than this one.
 */
export function* inLines(
  body: Buffer,
  from: number,
  end: number,
  filter: ModelFilter,
): Generator<void, BodyRefusal | undefined> {
  let at = from;
  let sliceEnd = at + SLICE_BYTES;
  let line = body.subarray(0, lineEnd(body, at, end));
  while (at < end) {
    if (at >= line.length) line = body.subarray(0, lineEnd(body, at, end));
    const byte = body[at] ?? 0;
    if (isBetween(byte)) {
      at += 1;
    } else if (isBom(body, at)) {
      at += 3;
    } else {
      const reading = inText(line, at, filter);
      let step = reading.next();
      for (; step.done !== true; step = reading.next()) yield;
      if (typeof step.value !== 'number') return step.value;
      at = step.value;
    }
    if (at < sliceEnd) continue;
    sliceEnd = at + SLICE_BYTES;
    yield;
  }
  return undefined;
}

/** Where the text ends, or why it is refused. */
function* inText(bytes: Buffer, at: number, filter: ModelFilter): Generator<void, number | BodyRefusal> {
  const mentions = new ModelMentions(bytes, filter);
  const scanner = new JsonScanner(bytes, at, mentions, true);
  while (!scanner.step(SLICE_BYTES)) yield;
  const refusal = refusalOf(mentions, filter);
  if (refusal !== undefined) return refusal;
  return scanner.end < 0 ? { problem: 'invalid', message: jsonProblem(bytes, ~scanner.end) } : scanner.end;
}

function isBetween(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === LF || byte === RECORD_SEPARATOR;
}

function isBom(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf;
}

/** Behind the line break. */
function lineEnd(bytes: Buffer, at: number, end: number): number {
  const lf = bytes.indexOf(LF, at);
  return lf === -1 || lf >= end ? end : lf + 1;
}

/** Behind a byte order mark and white space as JSON has it. */
export function jsonStart(bytes: Buffer): number {
  return skipSpace(bytes, skipBom(bytes));
}

/** The filtered model that a short text of JSON, the value of what is called `name`, mentions for sure. */
export function modelInText(name: string, text: string, filter: ModelFilter): string | undefined {
  const start = text.trimStart();
  if (!start.startsWith('{') && !start.startsWith('[')) return undefined;
  const bytes = Buffer.from(`{${JSON.stringify(name)}:${start}}`);
  const mentions = new ModelMentions(bytes, filter);
  const scanner = new JsonScanner(bytes, 0, mentions, true);
  while (!scanner.step(SLICE_BYTES));
  return mentions.filtered;
}
