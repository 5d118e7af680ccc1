import { setImmediate as nextTurn } from 'node:timers/promises';

/** An answer that is a file, made piece by piece while it is sent. */
export interface FileAnswer {
  readonly contentType: string;
  readonly filename: string;
  readonly chunks: AsyncIterable<string>;
}

export function isFileAnswer(answer: unknown): answer is FileAnswer {
  return typeof answer === 'object' && answer !== null && 'chunks' in answer;
}

/**
 * One cell of a CSV file (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe in front, by which
 * spreadsheets know text.
 */
export function csvCell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
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
