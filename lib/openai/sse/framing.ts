import { skipBom, skipSpace } from '../json/json-scan';

/** How a body is made: events, JSON (one text, or lines of it), or anything else. */
export type Framing = 'events' | 'json' | 'other';

const EVENT_START = /^(?:data|event|id|retry)?:/;
const FIELD_BYTES_MAX = 6;
/** Sound, pictures and pages are what they say. */
const CERTAIN_TYPES = /^(?:audio|image|video|font|multipart)\/|^text\/html/;

/** Whether the type of an answer to a client that asked for a stream leaves open what it is. */
export function isVagueType(contentType: string): boolean {
  return !CERTAIN_TYPES.test(contentType);
}

/** Told by the first bytes of a body; undefined as long as they are too few. */
export function framingOf(bytes: Buffer): Framing | undefined {
  const start = skipSpace(bytes, skipBom(bytes));
  if (start === bytes.length) return undefined;
  if (bytes[start] === 0x7b || bytes[start] === 0x5b) return 'json';
  const text = bytes.toString('latin1', start, start + FIELD_BYTES_MAX);
  if (EVENT_START.test(text)) return 'events';
  return text.length < FIELD_BYTES_MAX && /^[a-z\xef\xbb]*$/.test(text) ? undefined : 'other';
}
