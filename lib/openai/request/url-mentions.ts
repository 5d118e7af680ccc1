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
  for (const [place, segment] of segments.entries()) {
    if (segment !== RUN && !mayNameModel(segment)) continue;
    for (let length = 1; length <= SEGMENTS_OF_ID; length++) {
      const id = segments.slice(place + 1, place + 1 + length).join('/');
      if (filter.has(id) || (id.includes('+') && filter.has(id.replaceAll('+', ' ')))) return id;
    }
  }
  return undefined;
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
  const texts = value.includes('+') ? [value, value.replaceAll('+', ' ')] : [value];
  for (const text of texts.map(decodedFully)) {
    if (mayNameModel(name) && filter.has(text)) return text;
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
      (isNamed ? [text, ...text.split(/[,;|\s]+/)].find((one) => filter.has(one)) : undefined) ??
      (name.toLowerCase().includes('metadata') ? undefined : modelInText(name, text, filter));
    if (found !== undefined) return found;
  }
  return undefined;
}
