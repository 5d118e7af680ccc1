import { OPEN_BRACE, scanMembers, shortStringAt, skipSpace } from '../json/json-scan';
import { isJson, mediaType } from '../request/media-type';
import { eachObject, idOfObject } from './object-ids';
import { idOf } from './object-paths';
import { readReferences, type AnswerReading } from './references';

/** Of a longer answer only the beginning is read: the id stands there. */
const KEPT_BYTES_MAX = 256 * 1024;
/** Nearly all answers begin with their id. */
const HEAD_BYTES = 2 * 1024;
/** A stream has told its ids by then; what comes later is looked through for those of items and containers. */
const OPENING_EVENTS_MAX = 8;
const DATA = Buffer.from('data:');
const HEADERS_END = Buffer.from('\r\n\r\n');
const LINE_END = 0x0a;

/** So many ids that it mentions are told of one answer. */
const MENTIONED_MAX = 1_000;

/**
 * `made`: the answer is this object. `mentioned`: it is somewhere in it, as a part of it, in a list, or as a word.
 */
export type Telling = 'made' | 'mentioned';

/**
 * Reads ids of objects from an answer as its bytes pass, whole events at a time if it is a stream, and tells each as
 * soon as it is known. Never changes a byte, and parses no more than the beginning.
 */
export class AnswerIds {
  readonly #mentioned = new Set<string>();
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #events = 0;
  readonly #isStream: boolean;
  readonly #isForm: boolean;
  readonly #isRead: boolean;

  /** `reading`: of what the provider does not keep, only that is told which other accounts cannot read. */
  constructor(
    contentType: string,
    private readonly tell: (ids: readonly string[], telling: Telling) => void,
    private readonly reading: AnswerReading = 'kept_answer',
  ) {
    const type = mediaType(contentType);
    this.#isStream = contentType.startsWith('text/event-stream');
    this.#isForm = type.startsWith('multipart/');
    this.#isRead = this.#isStream || this.#isForm || isJson(type);
  }

  get #isKept(): boolean {
    return this.reading === 'kept_answer';
  }

  push(chunk: Buffer): void {
    if (!this.#isRead) return;
    if (this.#isStream && !this.#isKept) return this.#mention(readReferences(chunk, this.reading));
    if (this.#isStream) return this.#pushEvents(chunk);
    if (this.#keptBytes >= KEPT_BYTES_MAX) return;
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    if (this.#keptBytes >= KEPT_BYTES_MAX) this.end();
  }

  /** Nothing follows. */
  end(): void {
    if (this.#kept.length === 0) return;
    const [first] = this.#kept;
    const bytes = this.#kept.length === 1 && first !== undefined ? first : Buffer.concat(this.#kept);
    this.#kept = [];
    if (this.#isForm) this.#tellParts(bytes);
    else this.#tellAll(bytes);
  }

  /** Each part that is JSON tells its ids. */
  #tellParts(bytes: Buffer): void {
    for (let at = bytes.indexOf(HEADERS_END); at !== -1;) {
      const start = at + HEADERS_END.length;
      const next = bytes.indexOf(HEADERS_END, start);
      if (bytes[start] === OPEN_BRACE)
        this.#tellAll(bytes.subarray(start, next === -1 ? bytes.length : next));
      at = next;
    }
  }

  #pushEvents(chunk: Buffer): void {
    for (let at = chunk.indexOf(DATA); at !== -1 && this.#events < OPENING_EVENTS_MAX;) {
      this.#events += 1;
      const lineEnd = chunk.indexOf(LINE_END, at);
      const end = lineEnd === -1 ? chunk.length : lineEnd;
      this.#tellAll(chunk.subarray(skipSpace(chunk, at + DATA.length), end));
      at = chunk.indexOf(DATA, end);
    }
    if (this.#events >= OPENING_EVENTS_MAX) this.#mention(readReferences(chunk, 'kept_events'));
  }

  #tellAll(bytes: Buffer): void {
    if (!this.#isKept) return this.#mention(readReferences(bytes, this.reading));
    const head = topIds(bytes.subarray(0, HEAD_BYTES), this.#isStream);
    const isRead = head.made.length > 0 || bytes.length <= HEAD_BYTES;
    const { made, shown } = isRead ? head : topIds(bytes, this.#isStream);
    const mentioned = [...shown, ...readReferences(bytes, 'kept_answer')];
    // A part is not the answer.
    if (this.#isForm) return this.#mention([...made, ...mentioned]);
    if (made.length > 0) this.tell(made, 'made');
    this.#mention(mentioned.filter((id) => !made.includes(id)));
  }

  #mention(ids: readonly string[]): void {
    const fresh: string[] = [];
    for (const id of ids) {
      if (this.#mentioned.size >= MENTIONED_MAX) break;
      if (this.#mentioned.has(id)) continue;
      this.#mentioned.add(id);
      fresh.push(id);
    }
    if (fresh.length > 0) this.tell(fresh, 'mentioned');
  }
}

/** Members in which an answer shows an object as a whole. */
const OBJECTS: ReadonlySet<string> = new Set(['file', 'item', 'conversation', 'container', 'thread']);

interface TopIds {
  readonly made: readonly string[];
  readonly shown: readonly string[];
}

/**
 * The id of the object at hand, which an event may have in its `response`, and those of objects that it shows. Of a
 * part of a text those that are in it.
 */
function topIds(bytes: Buffer, isEvent: boolean): TopIds {
  const made: string[] = [];
  const responses: string[] = [];
  const shown: string[] = [];
  const start = skipSpace(bytes, 0);
  const takeInto =
    (ids: string[]) =>
    (valueAt: number): void => {
      const id = idOf(shortStringAt(bytes, valueAt) ?? '');
      if (id !== undefined) ids.push(id);
    };
  scanMembers(bytes, start, (nameAt, valueAt) => {
    const name = shortStringAt(bytes, nameAt);
    if (name === 'id') takeInto(made)(valueAt);
    else if (name === 'response' && isEvent) idOfObject(bytes, valueAt, takeInto(responses));
    else if (name === 'data' || name === 'generations') eachObject(bytes, valueAt, takeInto(shown));
    else if (name !== undefined && OBJECTS.has(name)) idOfObject(bytes, valueAt, takeInto(shown));
  });
  return made.length > 0 ? { made, shown: [...shown, ...responses] } : { made: responses, shown };
}
