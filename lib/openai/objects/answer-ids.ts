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

/**
 * Reads ids of objects from an answer as its bytes pass, whole events at a time if it is a stream, and tells each as
 * soon as it is known; the same one may be told twice. Never changes a byte, and parses no more than the beginning.
 */
export class AnswerIds {
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #events = 0;
  readonly #isStream: boolean;
  readonly #isForm: boolean;
  readonly #isRead: boolean;

  /** `reading`: of what the provider does not keep, only that is told which other accounts cannot read. */
  constructor(
    contentType: string,
    private readonly tell: (ids: readonly string[]) => void,
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
    if (this.#isStream && !this.#isKept) return this.#tell(readReferences(chunk, this.reading));
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
    if (this.#events >= OPENING_EVENTS_MAX) this.#tell(readReferences(chunk, 'kept_events'));
  }

  #tellAll(bytes: Buffer): void {
    if (!this.#isKept) return this.#tell(readReferences(bytes, this.reading));
    const first = topIds(bytes.subarray(0, HEAD_BYTES));
    const ids = first.length > 0 || bytes.length <= HEAD_BYTES ? first : topIds(bytes);
    this.#tell([...ids, ...readReferences(bytes, 'kept_answer')]);
  }

  #tell(ids: readonly string[]): void {
    if (ids.length > 0) this.tell(ids);
  }
}

/** Members in which an answer shows an object as a whole. */
const OBJECTS: ReadonlySet<string> = new Set([
  'response',
  'file',
  'item',
  'conversation',
  'container',
  'thread',
]);

/** The ids of the object at hand, of objects that it shows, and of a list's. Of a part of a text those that are in it. */
function topIds(bytes: Buffer): readonly string[] {
  const ids: string[] = [];
  const start = skipSpace(bytes, 0);
  const take = (valueAt: number): void => {
    const id = idOf(shortStringAt(bytes, valueAt) ?? '');
    if (id !== undefined) ids.push(id);
  };
  scanMembers(bytes, start, (nameAt, valueAt) => {
    const name = shortStringAt(bytes, nameAt);
    if (name === 'id') take(valueAt);
    else if (name === 'data' || name === 'generations') eachObject(bytes, valueAt, take);
    else if (name !== undefined && OBJECTS.has(name)) idOfObject(bytes, valueAt, take);
  });
  return ids;
}
