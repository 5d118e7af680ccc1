import { fieldReferences, isReferenceField } from '../objects/reference-fields';
import { bodyReferences } from '../objects/references';
import { isJson, mediaType } from './media-type';
import type { FormPart } from './multipart';

const FORM_FIELDS: ReadonlySet<string> = new Set(['model', 'stream']);
/** Under this name the parts of a form are kept that are JSON. */
const JSON_PART = '';
/** What is sent as a file of this name is a value and no file. */
const BLOB = 'blob';

/** The name under which a part of a form is read; undefined for one that is not. */
export function nameRead({ name, fileName, type }: FormPart): string | undefined {
  if (FORM_FIELDS.has(name)) return name;
  if (isJson(mediaType(type)) && (fileName ?? BLOB) === BLOB) return JSON_PART;
  return fileName === undefined && isReferenceField(name) ? name : undefined;
}

/** No honest form has so many. */
const JSON_PARTS_MAX = 16;

/** The ids that a form names in its fields, and then those in its parts that are JSON; undefined for none. */
export function* formReferences(
  fields: ReadonlyMap<string, readonly string[]>,
): Generator<void, readonly string[] | undefined> {
  const ofFields = fieldReferences(fields);
  const parts = fields.get(JSON_PART);
  if (parts === undefined) return ofFields;
  const all = new Set(ofFields);
  for (const part of parts.slice(0, JSON_PARTS_MAX)) {
    for (const id of yield* bodyReferences(Buffer.from(part), '')) all.add(id);
  }
  return all.size === 0 ? undefined : [...all];
}
