import { OPEN_BRACE, OPEN_BRACKET } from '../json/json-scan';
import { filtered, inJson, inLines, jsonStart, unreadable, type BodyRefusal } from './filtered-json';
import { folded, isContentName, MODEL_WORDS, mayNameModel, type ModelFilter } from '../models/model-filter';
import { strictForm, type StrictPart } from './strict-form';

const NAME_BYTES_MAX = 4 * 1024;
const PURPOSE_BYTES_MAX = 1024;
const TEXT_BYTES_MAX = 1024 * 1024;

/**
 * Looks for a filtered model in the fields of a multipart form, in the JSON in them, and in the requests of a batch.
 * The files of other uploads are nobody's business.
 */
export function* inForm(
  body: Buffer,
  contentType: string,
  filter: ModelFilter,
): Generator<void, BodyRefusal | undefined> {
  const form = yield* strictForm(body, contentType);
  if (!form.ok) return unreadable(form.doubt);
  const isBatch = form.parts.some((part) => saysBatch(body, part));
  for (const part of form.parts) {
    const refusal = inName(body, part, filter) ?? (yield* inContent(body, part, filter, isBatch));
    if (refusal !== undefined) return refusal;
    yield;
  }
  return undefined;
}

function saysBatch(body: Buffer, { name, start, end }: StrictPart): boolean {
  if (name.length > 100 || !folded(name).startsWith('purpose')) return false;
  return end - start > PURPOSE_BYTES_MAX || folded(body.toString('utf8', start, end)).includes('batch');
}

function inName(body: Buffer, part: StrictPart, filter: ModelFilter): BodyRefusal | undefined {
  const { name, start, end } = part;
  if (!mayNameModel(name) || isContentName(name)) return undefined;
  if (end - start > NAME_BYTES_MAX) {
    return part.isFile ? undefined : unreadable(`its field '${name.slice(0, 50)}' is too long`);
  }
  const readings = [body.toString('utf8', start, end), body.toString('latin1', start, end)];
  const value = filter.refusedOf(readings);
  return value === undefined ? undefined : filtered(value, filter);
}

function* inContent(
  body: Buffer,
  { name, isFile, start, end }: StrictPart,
  filter: ModelFilter,
  isBatch: boolean,
): Generator<void, BodyRefusal | undefined> {
  if (isFile) {
    const refusal = isBatch ? yield* inLines(body, start, end, filter) : undefined;
    return refusal?.problem === 'invalid' ? unreadable('a line of its batch is no JSON') : refusal;
  }
  const value = body.subarray(start, end);
  const first = value[jsonStart(value)];
  if (isContentName(name) || (first !== OPEN_BRACE && first !== OPEN_BRACKET)) return undefined;
  const refusal = yield* inJson(value, jsonStart(value), filter);
  if (refusal?.problem !== 'invalid') return refusal;
  return isHarmless(value) ? undefined : unreadable(`its field '${name.slice(0, 50)}' is no JSON`);
}

/** A text that no reader, however careless, could take a model from. */
function isHarmless(value: Buffer): boolean {
  if (value.length > TEXT_BYTES_MAX) return false;
  const text = value.toString('latin1').toLowerCase();
  return !MODEL_WORDS.test(text) && !text.includes('\\u') && !text.includes('\0');
}
