import { modelInText } from './filtered-json';
import { decodedFully } from './percent-decoding';
import { mayNameModel, type ModelFilter } from '../models/model-filter';

/** Ids have slashes in them, but not many. */
const SEGMENTS_OF_ID = 5;
/** `/ai/run/{model}`. */
const RUN = 'run';
const FORM_FIELDS_MAX = 1_000;

/**
 * The first filtered model that a path (`/models/{id}`, `/deployments/{id}/...`), a query (`?model=...`) or a header
 * names, in any percent-encoding; undefined if there is none. `headers`: names and values in turn.
 */
export function modelInUrl(
  { path, query, headers }: { path: string; query: string; headers: readonly string[] },
  filter: ModelFilter,
): string | undefined {
  return modelInPath(path, filter) ?? modelInQuery(query, filter) ?? modelInHeaders(headers, filter);
}

/** Behind a segment that says that a model follows; an id may have slashes in it. */
function modelInPath(path: string, filter: ModelFilter): string | undefined {
  const segments = decodedFully(path)
    .split(/[/\\]/)
    .map((segment) => segment.split(';', 1)[0] ?? '')
    .filter((segment) => segment !== '');
  let allowedUntil = 0;
  for (const [place, segment] of segments.entries()) {
    if (place < allowedUntil || (segment !== RUN && !mayNameModel(segment))) continue;
    const ids = segments
      .slice(place + 1, place + 1 + SEGMENTS_OF_ID)
      .map((_, index) => segments.slice(place + 1, place + 2 + index).join('/'));
    const filtered = ids.find((id) => readingsOf(id).some((reading) => filter.isFiltered(reading)));
    if (filtered !== undefined || filter.allowed === undefined) {
      if (filtered !== undefined) return filtered;
      continue;
    }
    const allowed = ids.findIndex((id) => callReadingsOf(id).some((reading) => !filter.has(reading)));
    if (allowed === -1 && ids.length > 0) return ids[0];
    // A deployment may be called 'my-model'.
    allowedUntil = place + 2 + allowed;
  }
  return undefined;
}

/** As it stands, and as forms write blanks. */
function readingsOf(id: string): readonly string[] {
  return id.includes('+') ? [id, id.replaceAll('+', ' ')] : [id];
}

/** Also without what is to be done with it: `gemini-pro:generateContent`. */
function callReadingsOf(id: string): readonly string[] {
  const colon = id.lastIndexOf(':');
  return colon > 0 ? [...readingsOf(id), id.slice(0, colon)] : readingsOf(id);
}

/** The same for what is written like a query: `model=...&...`. A field with each step. */
export function* modelInForm(form: string, filter: ModelFilter): Generator<void, string | undefined> {
  for (const part of form.split(/[&;]/)) {
    const equals = part.indexOf('=');
    if (equals === -1) continue;
    const found = modelInField(decodedFully(part.slice(0, equals)), part.slice(equals + 1), filter);
    if (found !== undefined) return found;
    yield;
  }
  return undefined;
}

function modelInField(name: string, value: string, filter: ModelFilter): string | undefined {
  const texts = (value.includes('+') ? [value, value.replaceAll('+', ' ')] : [value]).map(decodedFully);
  const refused = mayNameModel(name) ? filter.refusedOf(texts) : undefined;
  if (refused !== undefined) return refused;
  for (const text of texts) {
    const found = modelInText(name, text, filter);
    if (found !== undefined) return found;
  }
  return undefined;
}

function modelInQuery(query: string, filter: ModelFilter): string | undefined {
  if (query === '') return undefined;
  const reading = modelInForm(query.replace(/^\?/, ''), filter);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

/** Whether it would take long to look at all of its fields. */
export function hasTooManyFields(form: string): boolean {
  return form.split(/[&;]/, FORM_FIELDS_MAX + 1).length > FORM_FIELDS_MAX;
}

function modelInHeaders(headers: readonly string[], filter: ModelFilter): string | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const value = headers[i + 1] ?? '';
    const first = value[0];
    const isNamed = mayNameModel(name);
    if (!isNamed && first !== '{' && first !== '[' && first !== '%') continue;
    const text = decodedFully(value);
    const found =
      (isNamed ? refusedInList(text, filter) : undefined) ??
      (name.toLowerCase().includes('metadata') ? undefined : modelInText(name, text, filter));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A name, or several. */
function refusedInList(text: string, filter: ModelFilter): string | undefined {
  const parts = text.split(/[,;|\s]+/).filter((part) => part !== '');
  const filtered = [text, ...parts].find((one) => filter.isFiltered(one));
  if (filtered !== undefined || !filter.has(text)) return filtered;
  return parts.find((part) => filter.has(part));
}
