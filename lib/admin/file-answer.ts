import { setImmediate as nextTurn } from 'node:timers/promises';

/** An answer that is a file, made piece by piece while it is sent. */
export interface FileAnswer {
  readonly contentType: string;
  readonly filename: string;
  /** Made when they are asked for. A piece may be empty: so whoever leaves is heard soon. */
  readonly chunks: AsyncIterable<string>;
}

export function isFileAnswer(answer: unknown): answer is FileAnswer {
  return typeof answer === 'object' && answer !== null && 'chunks' in answer;
}

/**
 * Where a spreadsheet may begin a cell: at the start, behind a line break, and behind what separates cells where a comma does not;
 * and there, whatever quotes, white space or invisible characters come first, the sign of a formula or of a command, full-width ones too.
 */
const FORMULA =
  /(^|[\t;\r\n\u0085\u2028\u2029])((?:(?![\t\r\n\u0085\u2028\u2029])["\s\p{Cc}\p{Cf}])*[=+\-@|\uFF1D\uFF0B\uFF0D\uFF20\uFF5C])/gu;
/** Spreadsheets strip these and look at what follows. */
const ODD_START = /^[\t\r\n\v\f\0]/;
const QUOTED = /[",;\p{Cc}\u2028\u2029]/u;

/**
 * One cell of a CSV file (RFC 4180). Text that a spreadsheet may run gets an apostrophe in front, by which spreadsheets know text;
 * numbers stay numbers.
 */
export function csvCell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = value.replace(FORMULA, "$1'$2");
  const text = ODD_START.test(safe) ? `'${safe}` : safe;
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** Some hundred lines a piece, with everything else running in between. */
export async function* inChunks<Item>(
  items: Iterable<Item>,
  line: (item: Item, index: number) => string,
  size = 500,
): AsyncGenerator<string> {
  let chunk = '';
  let index = 0;
  for (const item of items) {
    chunk += line(item, index);
    index += 1;
    if (index % size !== 0) continue;
    yield chunk;
    chunk = '';
    await nextTurn();
  }
  if (chunk !== '') yield chunk;
}
