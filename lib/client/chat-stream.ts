import {
  AnswerReader,
  errorIn,
  parsedOr,
  type ChatChunk,
  type ChatError,
  type ChatUsage,
} from './chat-answer';

/** A request through the gateway, as any client would make it; for trying out that it works. */

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** The request's body, but for how it is to be answered. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature?: number;
  readonly top_p?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly reasoning_effort?: string;
}

export interface ChatRequest {
  /** Path of the API below this address, such as `/v1`. */
  readonly base: string;
  readonly token: string;
  readonly body: ChatBody;
  /** Asks for a stream, and takes the answer in one piece where streams are refused. */
  readonly isStream: boolean;
  /** Asks for the tokens used at the end of the stream, unless that is refused. */
  readonly wantsUsage: boolean;
  readonly signal: AbortSignal;
}

export interface ChatProgress {
  /** All that the model has said so far. */
  readonly text: string;
  /** What it said before it answered, where that is told. */
  readonly thought: string;
  /** Milliseconds until the first words or thoughts; undefined before. */
  readonly firstMs: number | undefined;
  readonly totalMs: number | undefined;
  readonly requestId: string | undefined;
  readonly usage: ChatUsage | undefined;
  readonly error: ChatError | undefined;
}

/** Of an answer that does not come, or not to its end; the error's message is the browser's then. */
export const CONNECTION_LOST = 'connection_lost';

const nothingYet: ChatProgress = {
  text: '',
  thought: '',
  firstMs: undefined,
  totalMs: undefined,
  requestId: undefined,
  usage: undefined,
  error: undefined,
};

function refusalOf(body: string, status: number): ChatError {
  const error = errorIn(parsedOr(body), body) ?? { message: body.slice(0, 300) };
  return { ...error, status };
}

type StreamFields = { readonly stream?: true; readonly stream_options?: object };

const post = ({ base, token, body, signal }: ChatRequest, fields: StreamFields) =>
  fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, ...fields }),
    signal,
  });

const REFUSING = new Set([400, 404, 405, 406, 415, 422, 501]);

/** The request itself was not taken, and its text speaks of streams. */
export function isAgainstStreams(status: number, body: string): boolean {
  return REFUSING.has(status) && /\bstream(?:s|ed|ing)?\b/i.test(body);
}

const isAgainstUsage = (status: number, body: string) =>
  REFUSING.has(status) && /stream_options|include_usage/i.test(body);

/** The answer, asked for with less where more is refused; with what it says if it is a refusal. */
async function ask(request: ChatRequest): Promise<{ response: Response; refusal?: string }> {
  const { isStream, wantsUsage } = request;
  let fields: StreamFields = {
    ...(isStream ? { stream: true } : {}),
    ...(isStream && wantsUsage ? { stream_options: { include_usage: true } } : {}),
  };
  for (;;) {
    const response = await post(request, fields);
    if (response.ok) return { response };
    const refusal = await response.text();
    const { status } = response;
    if (fields.stream_options !== undefined && isAgainstUsage(status, refusal)) fields = { stream: true };
    else if (fields.stream === true && isAgainstStreams(status, refusal)) fields = {};
    else return { response, refusal };
  }
}

function withChunk(progress: ChatProgress, chunk: ChatChunk, nowMs: number): ChatProgress {
  const { text, thought = '', usage = progress.usage, error = progress.error } = chunk;
  const isFirst = progress.firstMs === undefined && text + thought !== '';
  return {
    ...progress,
    text: progress.text + text,
    thought: progress.thought + thought,
    firstMs: isFirst ? nowMs : progress.firstMs,
    usage,
    error,
  };
}

/** Tells after each piece how far it is. Never throws: what goes wrong is in the last one. */
export async function* streamChat(request: ChatRequest): AsyncGenerator<ChatProgress> {
  const startMs = performance.now();
  const sinceStart = () => performance.now() - startMs;
  let progress = nothingYet;
  try {
    const { response, refusal } = await ask(request);
    progress = { ...progress, requestId: response.headers.get('x-request-id') ?? undefined };
    if (refusal !== undefined || response.body === null) {
      yield { ...progress, totalMs: sinceStart(), error: refusalOf(refusal ?? '', response.status) };
      return;
    }
    yield progress;
    const answer = new AnswerReader();
    const take = (chunks: readonly ChatChunk[]) => {
      for (const chunk of chunks) progress = withChunk(progress, chunk, sinceStart());
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
    const lost = { message: String(error), code: CONNECTION_LOST };
    yield { ...progress, totalMs: sinceStart(), ...(request.signal.aborted ? {} : { error: lost }) };
  }
}
