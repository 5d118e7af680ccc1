const NAME = `['"\`]?\\b(x-[a-z-]*(?:key|token)|api-?key|apikey)\\b['"\`]?`;
const NAMED = new RegExp(
  `${NAME}\\s+(?:request\\s+|http\\s+)?header\\b|\\bheader:?\\s+(?:named\\s+)?${NAME}`,
  'i',
);
const ASKS = /\b(?:required|requires?|missing|must|needs?|provide|expect(?:s|ed)?|use|set|no)\b/i;

/** The header in which a provider wants its key, where its refusal says so; undefined if it says something else. */
export function headerAskedFor(text: string): string | undefined {
  const found = ASKS.test(text) ? NAMED.exec(text) : null;
  return found?.[1] ?? found?.[2];
}
