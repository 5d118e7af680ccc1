import { closingQuote } from '../json/json-scan';

/** Where a text stands: from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Of the JSON string that begins at `at`, with its quotes, moved by `offset`; undefined if it does not end here. */
export function stringSpan(bytes: Buffer, at: number, offset: number): Span | undefined {
  const quote = closingQuote(bytes, at + 1);
  return quote === -1 ? undefined : { start: offset + at, end: offset + quote + 1 };
}
