import { idOf } from './object-paths';
import { isNamedByText, isOwn, rankOf } from './reference-names';

/** No honest form names so many. */
const REFERENCES_MAX = 64;
/** Of a value in a list. */
const PLACE = /^\d*$/;
const BRACKETED = /\[([^\]]*)\]/g;

/** Whether a field of a form names an object at the provider. */
export function isReferenceField(name: string): boolean {
  return memberOf(name) !== undefined;
}

/**
 * The ids that the fields of a form name as those of objects at the provider, the most binding first, each once. Fields
 * are named as SDKs do: `file_id`, `file_ids[]`, `input_reference[file_id]`, `video[id]`.
 */
export function fieldReferences(
  fields: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const ranks = new Map<string, number>();
  for (const [name, values] of fields) {
    const member = memberOf(name) ?? '';
    const rank = rankOf(member);
    if (rank === undefined) continue;
    for (const value of values) {
      const id = idOf(value);
      if (id === undefined || !isOwn(member, id) || ranks.size >= REFERENCES_MAX) continue;
      ranks.set(id, Math.min(rank, ranks.get(id) ?? rank));
    }
  }
  return ranks.size === 0 ? undefined : [...ranks].sort(([, a], [, b]) => a - b).map(([id]) => id);
}

/** The member that JSON would have in the field's place. */
function memberOf(field: string): string | undefined {
  const [outer = ''] = field.split('[', 1);
  // A client's own words.
  if (outer === 'metadata') return undefined;
  const inner = Array.from(field.slice(outer.length).matchAll(BRACKETED), ([, name = '']) => name);
  const names = [outer, ...inner].filter((name) => !PLACE.test(name));
  const isObject = names.length > 1 && names.at(-1) === 'id';
  const member = names.at(isObject ? -2 : -1) ?? '';
  return rankOf(member) !== undefined && (isObject || isNamedByText(member)) ? member : undefined;
}
