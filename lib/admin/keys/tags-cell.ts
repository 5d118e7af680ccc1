import { isTag, KEY_TAGS, tagsIn, withoutRepeats } from '../../config/key-tags';

/** Read back as it is, and for no spreadsheet the beginning of a formula. */
const PLAIN = /^[\p{L}\p{N}][^;|，；\p{C}]*$/u;
const CHANGED_IN_CELLS = /[;\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;

/** Tags as one cell of a table: with `;` between them, or as JSON where that would be read as something else. */
export function tagsCell(tags: readonly string[]): string {
  if (tags.every((tag) => PLAIN.test(tag))) return tags.join(';');
  const escaped = (mark: string): string => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(tags).replace(CHANGED_IN_CELLS, escaped);
}

/** The tags of such a cell, which may have `|` or commas between them too; undefined if they cannot be tags. */
export function tagsOfCell(cell: string): string[] | undefined {
  return keptTags(cell.startsWith('[') ? parsed(cell) : tagsIn(cell, /[;|,，；]/));
}

/** The same of what stands in JSON: a list of texts, or one text. */
export function tagsOfJson(json: string): string[] | undefined {
  const value = parsed(json);
  return typeof value === 'string' ? tagsOfCell(value.trim()) : keptTags(value);
}

function keptTags(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.map((one) => (typeof one === 'string' ? one.trim() : ''));
  const tags = withoutRepeats(texts);
  return tags.every(isTag) && tags.length <= KEY_TAGS.countMax ? tags : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
