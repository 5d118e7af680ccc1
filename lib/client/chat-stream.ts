import { createParser } from 'eventsource-parser';

/** A request through the gateway, as any client would make it; for trying out that it works. */

export interface ChatRequest {
  /** Path of the API below this address, such as `/v1`. */
  readonly base: string;
  readonly token: string;
  readonly model: string;
  readonly prompt: string;
  readonly signal: AbortSignal;
}

export interface ChatProgress {
  /** All that the model has said so far, its reasoning as well where that is told. */
  readonly text: string;
  /** Milliseconds until the first words; undefined before. */
  readonly firstMs: number | undefined;
  readonly totalMs: number | undefined;
  readonly requestId: string | undefined;
  readonly error: string | undefined;
}

/** Cuts text into the data of server-sent events; what is unfinished waits for the next piece. */
export class EventData {
  #found: string[] = [];
  readonly #parser = createParser({
    onEvent: ({ data }) => {
      if (data !== '') this.#found.push(data);
    },
  });

  push(piece: string): string[] {
    this.#found = [];
    this.#parser.feed(piece);
    return this.#found;
  }

  /** What the last event holds, where the stream has ended without the empty line behind it. */
  end(): string[] {
    return this.push('\n\n');
  }
}

type Member = (name: string) => unknown;

/** Looks up members of what may be anything. */
function membersOf(value: unknown): Member {
  return (name) => (value instanceof Object ? (value as Record<string, unknown>)[name] : undefined);
}

/** Text in the shapes in use: a string, parts in a list, `{text}` and the like. Anything else is none. */
function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(wordsOf).join('');
  if (!(value instanceof Object)) return '';
  return firstWords(membersOf(value), ['text', 'content', 'thinking', 'reasoning', 'refusal', 'value']);
}

function firstWords(member: Member, names: readonly string[]): string {
  for (const name of names) {
    const words = wordsOf(member(name));
    if (words !== '') return words;
  }
  return '';
}

/** What a model says, and what it says before it answers. */
const SAYING = [
  'content',
  'text',
  'refusal',
  'reasoning_content',
  'reasoning',
  'thinking',
  'reasoning_details',
];

function wordsOfChoice(choice: unknown): string {
  const member = membersOf(choice);
  for (const part of [member('delta'), member('message'), choice]) {
    const words = typeof part === 'string' ? part : firstWords(membersOf(part), SAYING);
    if (words !== '') return words;
  }
  return '';
}

function errorIn(json: unknown, whole: string): string | undefined {
  const error = membersOf(json)('error') ?? undefined;
  if (error === undefined || error === false) return undefined;
  const message = typeof error === 'string' ? error : membersOf(error)('message');
  return typeof message === 'string' && message !== '' ? message : whole;
}

/** The words of one event or of a whole answer, or what went wrong in it. Anything else is nothing. */
export function readChunk(data: string): { readonly text: string; readonly error?: string } {
  if (data === '[DONE]') return { text: '' };
  const json = parsed(data);
  const error = errorIn(json, data);
  if (error !== undefined) return { text: '', error };
  const choices = membersOf(json)('choices');
  return { text: wordsOfChoice(Array.isArray(choices) ? choices[0] : undefined) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function messageOf(body: string, status: number): string {
  return `${status}: ${errorIn(parsed(body), body) ?? body.slice(0, 300)}`;
}

/** Of an answer that is no stream: of so much at most. */
const WHOLE_MAX = 2 ** 20;

/** Reads an answer piece by piece, whether it comes as events or as one piece of JSON. */
export class AnswerReader {
  readonly #events = new EventData();
  #hasEvents = false;
  #whole = '';

  push(piece: string): ReturnType<typeof readChunk>[] {
    return this.#read(this.#events.push(piece), piece);
  }

  /** Call it once, when all has come. */
  end(): ReturnType<typeof readChunk>[] {
    const last = this.#read(this.#events.end(), '');
    return this.#hasEvents ? last : [readChunk(this.#whole)];
  }

  #read(events: readonly string[], piece: string): ReturnType<typeof readChunk>[] {
    this.#hasEvents ||= events.length > 0;
    this.#whole = this.#hasEvents ? '' : (this.#whole + piece).slice(0, WHOLE_MAX);
    return events.map(readChunk);
  }
}

const post = ({ base, token, model, prompt, signal }: ChatRequest, stream: boolean) =>
  fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      ...(stream ? { stream } : {}),
      messages: [{ role: 'user', content: prompt }],
    }),
    signal,
  });

/** The request itself was not taken, and its text speaks of streams. */
export function isAgainstStreams(status: number, body: string): boolean {
  return [400, 404, 405, 406, 415, 422, 501].includes(status) && /\bstream(?:s|ed|ing)?\b/i.test(body);
}

/** The answer, without a stream where streams are refused; with what it says if it is a refusal. */
async function ask(request: ChatRequest): Promise<{ response: Response; refusal?: string }> {
  const first = await post(request, true);
  if (first.ok) return { response: first };
  const refusal = await first.text();
  if (!isAgainstStreams(first.status, refusal)) return { response: first, refusal };
  const second = await post(request, false);
  return second.ok ? { response: second } : { response: second, refusal: await second.text() };
}

/** Tells after each piece how far it is. Never throws: what goes wrong is in the last one. */
export async function* streamChat(request: ChatRequest): AsyncGenerator<ChatProgress> {
  const startMs = performance.now();
  const sinceStart = () => performance.now() - startMs;
  let progress: ChatProgress = {
    text: '',
    firstMs: undefined,
    totalMs: undefined,
    requestId: undefined,
    error: undefined,
  };
  try {
    const { response, refusal } = await ask(request);
    progress = { ...progress, requestId: response.headers.get('x-request-id') ?? undefined };
    if (refusal !== undefined || response.body === null) {
      yield { ...progress, totalMs: sinceStart(), error: messageOf(refusal ?? '', response.status) };
      return;
    }
    const answer = new AnswerReader();
    const take = (chunks: ReturnType<typeof readChunk>[]) => {
      for (const { text, error } of chunks) {
        const firstMs = progress.firstMs ?? (text === '' ? undefined : sinceStart());
        progress = { ...progress, text: progress.text + text, firstMs, error: error ?? progress.error };
      }
    };
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      take(answer.push(value));
      yield progress;
    }
    take(answer.end());
    yield { ...progress, totalMs: sinceStart() };
  } catch (error) {
    const isStopped = request.signal.aborted;
    yield { ...progress, totalMs: sinceStart(), ...(isStopped ? {} : { error: String(error) }) };
  }
}
