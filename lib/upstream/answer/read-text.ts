import type { UpstreamAnswer } from './answer';

export interface ReadLimits {
  readonly bytesMax: number;
  /** For the whole body; by default as long as it takes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The whole body as text; undefined if it broke off or went over a limit, and then the answer is given up. */
export function readText(answer: UpstreamAnswer, limits: ReadLimits): Promise<string | undefined> {
  const { bytesMax, timeoutMs, signal } = limits;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const finish = (text: string | undefined): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      resolve(text);
    };
    const giveUp = (): void => {
      answer.abort();
      finish(undefined);
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs);
    if (signal?.aborted === true) return giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    answer.attach({
      data(chunk) {
        chunks.push(chunk);
        if (answer.bytes <= bytesMax) return true;
        giveUp();
        return false;
      },
      end: () => finish(Buffer.concat(chunks).toString('utf8')),
      fail: () => finish(undefined),
    });
  });
}
