/** No server decodes more often than this. */
const DECODINGS_MAX = 6;
const CODES = /%u([0-9a-f]{4})|(?:%[0-9a-f]{2})+/gi;

/**
 * A text as the last of many servers reads it: decoded until nothing changes, `%u` included. What is no encoding stays
 * as it is. Takes time in proportion to its length.
 */
export function decodedFully(text: string): string {
  let view = text;
  for (let decodings = 0; decodings < DECODINGS_MAX && view.includes('%'); decodings += 1) {
    // Percent signs that are encoded many times over, at once.
    const next = view.replace(/%(?:25)+/g, '%').replace(CODES, (codes, unit?: string) => {
      if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
      return Buffer.from(codes.replaceAll('%', ''), 'hex').toString('utf8');
    });
    if (next === view) break;
    view = next;
  }
  return view;
}
