import { setImmediate as nextTurn } from 'node:timers/promises';
import { stringify } from 'csv-stringify/sync';

/** An answer that is a file, made piece by piece while it is sent. */
export interface FileAnswer {
  readonly contentType: string;
  readonly filename: string;
  /** Made on demand. A piece may be empty, so that a reader who leaves is noticed soon. */
  readonly chunks: AsyncIterable<string>;
}

export function isFileAnswer(answer: unknown): answer is FileAnswer {
  return typeof answer === 'object' && answer !== null && 'chunks' in answer;
}

/**
 * Where a spreadsheet may begin a cell: at the start, behind a line break, and behind what separates cells where a
 * comma does not; and there, whatever quotes, white space or invisible characters come first, the sign of a formula or
 * of a command, full-width ones too.
 */
const FORMULA =
  /(^|[\t;\r\n\u0085\u2028\u2029])((?:(?![\t\r\n\u0085\u2028\u2029])["\s\p{Cc}\p{Cf}])*[=+\-@|\uFF1D\uFF0B\uFF0D\uFF20\uFF5C])/gu;
/** Spreadsheets strip these and look at what follows. */
const ODD_START = /^[\t\r\n\v\f\0]/;
const CSV = {
  record_delimiter: '\r\n',
  // Also the other separators of cells, and characters that a cell must not show.
  quoted_match: /[;\p{Cc}\u2028\u2029]/u,
  cast: { boolean: String },
} as const;

type Cell = string | number | boolean | null;

/**
 * One line of a CSV file (RFC 4180). Text that a spreadsheet may run gets an apostrophe in front, by which spreadsheets
 * know text; numbers stay numbers.
 */
export function csvLine(cells: readonly Cell[]): string {
  return stringify([cells.map(withoutFormula)], CSV);
}

function withoutFormula(cell: Cell): Cell {
  if (typeof cell !== 'string') return cell;
  const safe = cell.replace(FORMULA, "$1'$2");
  return ODD_START.test(safe) ? `'${safe}` : safe;
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
