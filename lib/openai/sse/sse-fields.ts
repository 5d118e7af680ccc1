import { skipBom } from '../json/json-scan';

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const SPACE = 0x20;

/** The event's data lines joined by \n, or undefined when it has none (a comment, a lone event name). */
export function eventData(raw: Buffer): string | undefined {
  let data: string | undefined;
  eachField(raw, 'data', (start, end) => {
    const value = raw.toString('utf8', start, end);
    data = data === undefined ? value : `${data}\n${value}`;
  });
  return data;
}

/** The value of the event: field, the last of several; undefined when there is none or it is empty. */
export function eventName(raw: Buffer): string | undefined {
  let name: string | undefined;
  eachField(raw, 'event', (start, end) => {
    name = raw.toString('utf8', start, end);
  });
  return name === '' ? undefined : name;
}

const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

/**
 * True when an event without its blank line has a data line that looks whole: one with a line end, or a last one that
 * ends like JSON or like [DONE].
 */
export function looksWhole(raw: Buffer): boolean {
  let isWhole = false;
  eachField(raw, 'data', (_start, end) => {
    const last = raw[end - 1];
    isWhole ||= end < raw.length || last === CLOSE_BRACE || last === CLOSE_BRACKET;
  });
  return isWhole;
}

/**
 * Calls `onField` with the offsets of each value of one field. A LF behind a CR is taken for an empty line of its own,
 * which has no field and so changes nothing.
 */
function eachField(raw: Buffer, name: string, onField: (start: number, end: number) => void): void {
  let lf = raw.indexOf(LF);
  let cr = raw.indexOf(CR);
  let at = skipBom(raw);
  while (at < raw.length) {
    if (lf !== -1 && lf < at) lf = raw.indexOf(LF, at);
    if (cr !== -1 && cr < at) cr = raw.indexOf(CR, at);
    const end = Math.min(lf === -1 ? raw.length : lf, cr === -1 ? raw.length : cr);
    if (isField(raw, at, end, name)) {
      const value = Math.min(end, at + name.length + 1);
      onField(raw[value] === SPACE ? value + 1 : value, end);
    }
    at = end + 1;
  }
}

/** A line that is the field's name alone has an empty value. */
function isField(raw: Buffer, start: number, end: number, name: string): boolean {
  const nameEnd = start + name.length;
  if (nameEnd > end || (nameEnd < end && raw[nameEnd] !== COLON)) return false;
  for (let i = 0; i < name.length; i++) {
    if (raw[start + i] !== name.charCodeAt(i)) return false;
  }
  return true;
}
