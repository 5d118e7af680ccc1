import { mayNameModel, type ModelFilter } from './model-filter';

/** Ids have slashes in them, but not many. */
const SEGMENTS_OF_ID = 5;
const FORM_FIELDS_MAX = 1_000;

/**
 * The first filtered model that a path (`/models/{id}`, `/deployments/{id}/...`), a query (`?model=...`) or a header names, in
 * any percent-encoding; undefined if there is none. `headers`: names and values in turn.
 */
export function modelInUrl(
  { path, query, headers }: { path: string; query: string; headers: readonly string[] },
  filter: ModelFilter,
): string | undefined {
  return (
    modelInPath(path, filter) ??
    modelInForm(query.replace(/^\?/, ''), filter) ??
    modelInHeaders(headers, filter)
  );
}

function modelInPath(path: string, filter: ModelFilter): string | undefined {
  const segments = decoded(path)
    .split(/[/\\]/)
    .map((segment) => segment.split(';', 1)[0] ?? '')
    .filter((segment) => segment !== '');
  for (let start = 0; start < segments.length; start++) {
    for (let end = start + 1; end <= Math.min(segments.length, start + SEGMENTS_OF_ID); end++) {
      const id = segments.slice(start, end).join('/');
      const found = [id, id.replace(/:[^:/]*$/, '')].find((one) => filter.has(one));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The same for what is written like a query: `model=...&...`. */
export function modelInForm(form: string, filter: ModelFilter): string | undefined {
  if (form === '') return undefined;
  for (const part of form.split(/[&;]/)) {
    const equals = part.indexOf('=');
    if (equals === -1 || !mayNameModel(decoded(part.slice(0, equals)))) continue;
    const value = part.slice(equals + 1);
    const found = [decoded(value), decoded(value.replaceAll('+', ' '))].find((one) => filter.has(one));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether it would take long to look at all of its fields. */
export function hasTooManyFields(form: string): boolean {
  return form.split(/[&;]/, FORM_FIELDS_MAX + 1).length > FORM_FIELDS_MAX;
}

function modelInHeaders(headers: readonly string[], filter: ModelFilter): string | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (!mayNameModel(headers[i] ?? '')) continue;
    const value = decoded(headers[i + 1] ?? '');
    const found = [value, ...value.split(',')].find((one) => filter.has(one));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Twice, as where one server stands behind another; what is no encoding stays as it is. */
function decoded(text: string): string {
  return text.includes('%') ? decodedOnce(decodedOnce(text)) : text;
}

function decodedOnce(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (codes) =>
    Buffer.from(codes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}
