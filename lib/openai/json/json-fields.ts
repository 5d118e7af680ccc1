export type Fields = Readonly<Record<string, unknown>>;

/** Whether the value is an object, and no list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text, or undefined for anything else and for an empty one. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The value of a JSON text; undefined if the text is not JSON. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

const BRIEF_LENGTH_MAX = 4 * 2 ** 20;
/** Millions of empty values take much longer to make than their text is long. */
const BRIEF_VALUES_MAX = 300_000;

/** The same for a text of any length: undefined as well where it would take more than some tens of milliseconds. */
export function parsedBriefly(json: string): unknown {
  if (json.length > BRIEF_LENGTH_MAX) return undefined;
  let values = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    // Comma, bracket and brace: at least as many as there are values.
    if (code === 0x2c || code === 0x5b || code === 0x7b) values += 1;
  }
  return values > BRIEF_VALUES_MAX ? undefined : parsed(json);
}
