import { eventData } from '../sse/sse-fields';
import { parsed } from '../json/json-fields';

/** How many tokens an answer may have had, of which nobody has told the number. */
export interface PassedTokens {
  readonly least: number;
  readonly most: number;
}

const BYTES_PER_TOKEN = 4;
/** Shorter events, such as `[DONE]`, are no part of an answer. */
const EVENT_BYTES_MIN = 64;
const COLON = 0x3a;

/** Of an answer that is no stream. */
export function tokensInBytes(bytes: number): PassedTokens {
  return { least: 0, most: Math.ceil(bytes / BYTES_PER_TOKEN) };
}

/** A longer event is hardly the shortest of its stream. */
const WRAPPING_BYTES_MAX = 4 * 1024;

/**
 * Counts what events bring: a token each at least, as models speak, and no more than a fourth of the bytes that they
 * have beyond their wrapping: the shortest of them without its text.
 */
export class EventTokens {
  #events = 0;
  #bytes = 0;
  #shortest = Infinity;
  #shortestEvent: Buffer | undefined;

  /** `raw`: an event as it came. */
  observe(raw: Buffer): void {
    const { length } = raw;
    if (length < EVENT_BYTES_MIN || raw[0] === COLON) return;
    this.#events += 1;
    this.#bytes += length;
    if (length >= this.#shortest) return;
    this.#shortest = length;
    // A copy: what came from the network in one piece is not to be kept for it.
    this.#shortestEvent = length <= WRAPPING_BYTES_MAX ? Buffer.from(raw) : undefined;
  }

  get passed(): PassedTokens {
    const least = this.#events;
    if (least === 0) return { least, most: 0 };
    const wrapping = this.#shortest - textBytesIn(this.#shortestEvent);
    const { most } = tokensInBytes(this.#bytes - least * wrapping);
    return { least, most: Math.max(least, most) };
  }
}

/** Members whose text a model has said, in the languages of all providers. */
const SAID: ReadonlySet<string> = new Set([
  ...(['content', 'text', 'delta', 'reasoning', 'reasoning_content', 'thinking', 'refusal'] as const),
  ...(['arguments', 'partial_json', 'transcript', 'audio', 'data'] as const),
]);

function textBytesIn(event: Buffer | undefined): number {
  const data = event && eventData(event);
  if (data === undefined) return 0;
  let bytes = 0;
  const value = parsed(data);
  JSON.stringify(value, (name, member: unknown) => {
    if (typeof member === 'string' && SAID.has(name)) bytes += Buffer.byteLength(member);
    return member;
  });
  return bytes;
}
