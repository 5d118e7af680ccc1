/** What tags of keys have to be, for API, import and forms alike. Browsers load it. */
export const KEY_TAGS = { countMax: 20, lengthMax: 40 } as const;

const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029,]/;

/** One text of 1 to 40 characters, without a comma or control characters, and without space around it. */
export function isTag(text: string): boolean {
  const isOfLength = text.length > 0 && text.length <= KEY_TAGS.lengthMax;
  return isOfLength && text.trim() === text && !FORBIDDEN.test(text);
}

/** The same for tags that differ in nothing but case. */
export function tagName(tag: string): string {
  return tag.normalize('NFC').toLowerCase();
}

/** Each tag once, as it is written first. */
export function withoutRepeats(tags: readonly string[]): string[] {
  const first = new Map<string, string>();
  for (const tag of tags) if (!first.has(tagName(tag))) first.set(tagName(tag), tag);
  return [...first.values()];
}

/** The names of tags of a text in which commas stand between them. */
export function tagNames(text: string): string[] {
  return tagsIn(text, ',').map(tagName);
}

/** The tags of a text, without space around them. */
export function tagsIn(text: string, separator: string | RegExp): string[] {
  const parts = text.split(separator).map((part) => part.trim());
  return withoutRepeats(parts.filter((part) => part !== ''));
}

/** Tells of keys whether they have all of these tags; fast for many keys with the same list. */
export function tagTest(names: readonly string[]): (tags: readonly string[]) => boolean {
  const known = new Map<readonly string[], boolean>();
  return (tags) => {
    const before = known.get(tags);
    if (before !== undefined) return before;
    const own = new Set(tags.map(tagName));
    const hasAll = names.every((name) => own.has(name));
    known.set(tags, hasAll);
    return hasAll;
  };
}

/** What is added to tags, and taken away from them. */
export interface TagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Undefined if there would be too many. A tag that is there stays as it is written. */
export function changedTags(tags: readonly string[], { add, remove }: TagChange): string[] | undefined {
  const gone = new Set(remove.map(tagName));
  const changed = withoutRepeats([...tags.filter((tag) => !gone.has(tagName(tag))), ...add]);
  return changed.length > KEY_TAGS.countMax ? undefined : changed;
}
