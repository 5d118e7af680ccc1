/** A request that is sent again: what came of it. */
export interface Resent {
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly durationMs: number;
  /** What the browser says of an answer that did not come, or not to its end. */
  readonly lost: string | undefined;
  /** It was not waited for to its end. */
  readonly isStopped: boolean;
}

/** An answer that does not come to an end is left here. */
const ANSWER_BYTES_MAX = 2 ** 26;

interface Resending {
  /** At this gateway. */
  readonly path: string;
  readonly token: string;
  /** JSON. */
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Sends a request through the gateway as any client would, and reads its answer to the end. Never rejects. */
export async function resend({ path, token, body, signal }: Resending): Promise<Resent> {
  const startMs = performance.now();
  let response: Response | undefined;
  const ended = (lost?: string): Resent => ({
    status: response?.status,
    requestId: response?.headers.get('x-request-id') ?? undefined,
    durationMs: performance.now() - startMs,
    lost,
    isStopped: signal.aborted,
  });
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
      signal,
    });
    await readAway(response);
    return ended();
  } catch (error) {
    return ended(signal.aborted ? undefined : String(error));
  }
}

async function readAway({ body }: Response): Promise<void> {
  const reader = body?.getReader();
  let bytes = 0;
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) return;
    bytes += part.value.length;
    if (bytes > ANSWER_BYTES_MAX) {
      await reader?.cancel();
      return;
    }
  }
}
