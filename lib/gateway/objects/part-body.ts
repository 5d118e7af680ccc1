import type { StopSignal } from '../../balancer/ports';
import { GrowingBuffer } from '../../openai/json/growing-buffer';
import type { UpstreamAnswer } from '../../upstream/answer/answer';
import type { ListMemory } from './list-memory';

/** A larger part is refused. */
export const PART_BYTES_MAX = 16 * 2 ** 20;
/** After so many bytes of an answer others come first. */
const TURN_BYTES = 128 * 1024;

export type BodyTrouble = 'cut' | 'too_large' | 'no_memory' | 'stopped';

/** The whole body; if it does not come or is too much, why not: then the answer is given up. Never rejects. */
export function readPart(
  answer: UpstreamAnswer,
  memory: ListMemory,
  signal: StopSignal,
): Promise<Buffer | BodyTrouble> {
  return new Promise((resolve) => {
    const declared = Number(answer.headers['content-length'] ?? 0);
    const body = new GrowingBuffer(declared > 0 && declared <= PART_BYTES_MAX ? declared : 0);
    let bytes = 0;
    let turnBytes = 0;
    const finish = (result: Buffer | BodyTrouble): void => {
      signal.removeEventListener('abort', stop);
      if (!Buffer.isBuffer(result)) memory.giveBack(bytes);
      resolve(result);
    };
    const giveUp = (trouble: BodyTrouble): false => {
      answer.abort();
      finish(trouble);
      return false;
    };
    const stop = (): void => void giveUp('stopped');
    const goOn = (): void => {
      turnBytes = 0;
      answer.resume();
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    answer.attach({
      data(chunk) {
        bytes += chunk.length;
        turnBytes += chunk.length;
        if (bytes > PART_BYTES_MAX) return giveUp('too_large');
        if (!memory.take(chunk.length)) return giveUp('no_memory');
        body.append(chunk);
        if (turnBytes < TURN_BYTES) return true;
        setImmediate(goOn);
        return false;
      },
      end: () => finish(body.take()),
      fail: () => finish('cut'),
    });
  });
}
