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
  readonly text: string;
  /** Milliseconds until the first words; undefined before. */
  readonly firstMs: number | undefined;
  readonly totalMs: number | undefined;
  readonly requestId: string | undefined;
  readonly error: string | undefined;
}

/** Cuts text into the data of server-sent events; what is unfinished waits for the next piece. */
export class EventData {
  #rest = '';

  push(piece: string): string[] {
    const blocks = (this.#rest + piece).replaceAll('\r\n', '\n').split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks
      .map((block) =>
        block
          .split('\n')
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice(5).trimStart())
          .join('\n'),
      )
      .filter((data) => data !== '');
  }
}

interface Chunk {
  readonly error?: { readonly message?: string };
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string | null };
  }[];
}

/** The words of one event, or what went wrong in it. Anything else is nothing. */
export function readChunk(data: string): { readonly text: string; readonly error?: string } {
  if (data === '[DONE]') return { text: '' };
  try {
    const { error, choices } = JSON.parse(data) as Chunk;
    if (error !== undefined) return { text: '', error: error.message ?? data };
    const delta = choices?.[0]?.delta;
    return { text: delta?.content ?? delta?.reasoning_content ?? '' };
  } catch {
    return { text: '' };
  }
}

function messageOf(body: string, status: number): string {
  try {
    const { error } = JSON.parse(body) as Chunk;
    return `${status}: ${error?.message ?? body}`;
  } catch {
    return `${status}: ${body.slice(0, 300)}`;
  }
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
    const response = await fetch(`${request.base}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${request.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: request.model,
        stream: true,
        messages: [{ role: 'user', content: request.prompt }],
      }),
      signal: request.signal,
    });
    progress = { ...progress, requestId: response.headers.get('x-request-id') ?? undefined };
    if (!response.ok || response.body === null) {
      yield { ...progress, totalMs: sinceStart(), error: messageOf(await response.text(), response.status) };
      return;
    }
    const events = new EventData();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      for (const data of events.push(value)) {
        const { text, error } = readChunk(data);
        const firstMs = progress.firstMs ?? (text === '' ? undefined : sinceStart());
        progress = { ...progress, text: progress.text + text, firstMs, error: error ?? progress.error };
      }
      yield progress;
    }
    yield { ...progress, totalMs: sinceStart() };
  } catch (error) {
    const isStopped = request.signal.aborted;
    yield { ...progress, totalMs: sinceStart(), ...(isStopped ? {} : { error: String(error) }) };
  }
}

/** Ids of the models that a client may ask for. Throws an Error with the gateway's words. */
export async function fetchModels(base: string, token: string, signal: AbortSignal): Promise<string[]> {
  const response = await fetch(`${base}/models`, { headers: { authorization: `Bearer ${token}` }, signal });
  const body = await response.text();
  if (!response.ok) throw new Error(messageOf(body, response.status));
  const { data = [] } = JSON.parse(body) as { data?: readonly { readonly id: string }[] };
  return data.map(({ id }) => id).sort();
}
