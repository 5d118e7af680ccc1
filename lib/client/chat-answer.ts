import { createParser } from 'eventsource-parser';

/** What a chat answer says, in the shapes in use: as a stream or whole, as text or in parts. */

/** Tokens as the answer tells them. */
export interface ChatUsage {
  readonly prompt: number;
  readonly completion: number;
}

export interface ChatError {
  readonly message: string;
  /** The code of the error's envelope, or its type; undefined where it has neither. */
  readonly code?: string;
  /** Of the answer; undefined for one that came within a stream, and where there was no answer. */
  readonly status?: number;
}

export interface ChatChunk {
  readonly text: string;
  /** What the model says before it answers. */
  readonly thought?: string;
  readonly usage?: ChatUsage;
  readonly error?: ChatError;
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

const SAYING = ['content', 'text', 'refusal'];
const THINKING = ['reasoning_content', 'reasoning', 'thinking', 'reasoning_details'];

const isThought = (part: unknown) => /thinking|reasoning/.test(String(membersOf(part)('type')));

interface Said {
  readonly text: string;
  readonly thought: string;
}

/** Some put their thoughts among the parts of the content. */
function saidIn(part: unknown): Said {
  if (typeof part === 'string') return { text: part, thought: '' };
  const member = membersOf(part);
  const content = member('content');
  const thoughts = Array.isArray(content) ? content.filter(isThought) : [];
  const text =
    thoughts.length === 0
      ? firstWords(member, SAYING)
      : wordsOf((content as unknown[]).filter((one) => !isThought(one)));
  return { text, thought: firstWords(member, THINKING) + wordsOf(thoughts) };
}

function saidInChoice(choice: unknown): Said {
  const member = membersOf(choice);
  for (const part of [member('delta'), member('message'), choice]) {
    const said = saidIn(part);
    if (said.text !== '' || said.thought !== '') return said;
  }
  return { text: '', thought: '' };
}

/** What went wrong, by the error in this JSON; undefined where there is none. */
export function errorIn(json: unknown, whole: string): ChatError | undefined {
  const error = membersOf(json)('error') ?? undefined;
  if (error === undefined || error === false) return undefined;
  const member = membersOf(error);
  const message = typeof error === 'string' ? error : member('message');
  const code = [member('code'), member('type')].find((name) => typeof name === 'string' && name !== '');
  return {
    message: typeof message === 'string' && message !== '' ? message : whole,
    ...(typeof code === 'string' ? { code } : {}),
  };
}

function usageIn(json: unknown): ChatUsage | undefined {
  const member = membersOf(membersOf(json)('usage'));
  const [prompt, completion] = [member('prompt_tokens'), member('completion_tokens')];
  return typeof prompt === 'number' && typeof completion === 'number' ? { prompt, completion } : undefined;
}

/** The words of one event or of a whole answer, or what went wrong in it. Anything else is nothing. */
export function readChunk(data: string): ChatChunk {
  if (data === '[DONE]') return { text: '' };
  const json = parsedOr(data);
  const error = errorIn(json, data);
  if (error !== undefined) return { text: '', error };
  const choices = membersOf(json)('choices');
  const { text, thought } = saidInChoice(Array.isArray(choices) ? choices[0] : undefined);
  const usage = usageIn(json);
  return { text, ...(thought === '' ? {} : { thought }), ...(usage === undefined ? {} : { usage }) };
}

/** Undefined for what is no JSON. */
export function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Of an answer that is no stream: of so much at most. */
const WHOLE_MAX = 2 ** 24;

/** Reads an answer piece by piece, whether it comes as events or as one piece of JSON. */
export class AnswerReader {
  readonly #events = new EventData();
  #hasEvents = false;
  #whole = '';

  push(piece: string): ChatChunk[] {
    return this.#read(this.#events.push(piece), piece);
  }

  /** Call it once, when all has come. */
  end(): ChatChunk[] {
    const last = this.#read(this.#events.end(), '');
    return this.#hasEvents ? last : [readChunk(this.#whole)];
  }

  #read(events: readonly string[], piece: string): ChatChunk[] {
    this.#hasEvents ||= events.length > 0;
    this.#whole = this.#hasEvents ? '' : (this.#whole + piece).slice(0, WHOLE_MAX);
    return events.map(readChunk);
  }
}
