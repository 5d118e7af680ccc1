import { timeLimit } from '../../timing/time-limit';
import type { AdminContext } from '../context';

/** An answer that goes on until either side closes it. */
export interface StreamAnswer {
  readonly stream: ReadableStream<Uint8Array>;
}

export function isStreamAnswer(answer: unknown): answer is StreamAnswer {
  return typeof answer === 'object' && answer !== null && 'stream' in answer;
}

/** What is happening, as server-sent events, until the session ends or is signed out of. */
export function followLive({ live, caller, now }: AdminContext): StreamAnswer {
  const { signal, expiresAt, isOver } = caller;
  if (expiresAt === null) return { stream: live.open(signal) };
  return { stream: live.open(timeLimit(expiresAt - now(), signal).signal, isOver) };
}
