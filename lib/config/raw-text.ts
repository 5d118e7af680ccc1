/**
 * Removes the blanks and the pair of quotes that a person, a shell or `docker --env-file` left around a value. Quotes
 * that belong to the value stay: `"a","b"` is returned as it is, while `"["a","b"]"` gives up its outer pair.
 */
export function withoutOuterQuotes(raw: string): string {
  let text = raw.trim();
  for (;;) {
    const inner = innerOfQuotes(text);
    if (inner === undefined) return text;
    text = inner.trim();
  }
}

function innerOfQuotes(text: string): string | undefined {
  const mark = text[0];
  if (text.length < 2 || (mark !== '"' && mark !== "'") || !text.endsWith(mark)) return undefined;
  const inner = text.slice(1, -1);
  return !inner.includes(mark) || isBracketed(inner) ? inner : undefined;
}

/** True for text that looks like a whole JSON array or object. */
export function isBracketed(text: string): boolean {
  const trimmed = text.trim();
  return (
    (trimmed.startsWith('[') && trimmed.endsWith(']')) || (trimmed.startsWith('{') && trimmed.endsWith('}'))
  );
}

/**
 * Never throws and never quotes the text, as the message of JSON.parse does: the text may hold secrets. Text whose
 * quotes are all escaped (`[\"a\"]`, left when an outer pair was removed) is understood too.
 */
export function parseJson(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  const isEscaped = /^[^"]*\\"/.test(text) && !/[^\\]"/.test(text);
  try {
    return { ok: true, value: JSON.parse(isEscaped ? text.replaceAll('\\"', '"') : text) };
  } catch {
    return { ok: false };
  }
}
