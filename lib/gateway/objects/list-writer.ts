import type { StopSignal } from '../../balancer/ports';
import type { MergedItem } from '../../openai/objects/merged-list';
import { AT_ONCE_BYTES, bodyReferences, readReferences } from '../../openai/objects/references';
import type { ClientResponse } from '../exchange/exchange';

const PIECE_BYTES = 64 * 1024;
const COMMA = Buffer.from(',');

/** A list as it goes out, in pieces of its own: nothing of what it was made from is kept. */
export interface ListText {
  readonly pieces: readonly Buffer[];
  readonly bytes: number;
}

/** Copies the items between `head` and `tail`, as they are. A slice with each step. */
export function* listText(
  items: readonly MergedItem[],
  [head, tail]: readonly [head: string, tail: string],
): Generator<void, ListText> {
  const text = new PiecewiseText();
  text.append(Buffer.from(head));
  for (const [index, { item }] of items.entries()) {
    if (index > 0) text.append(COMMA);
    for (let start = item.start; start < item.end; start += PIECE_BYTES) {
      if (text.append(item.bytes.subarray(start, Math.min(item.end, start + PIECE_BYTES)))) yield;
    }
  }
  text.append(Buffer.from(tail));
  return text.end();
}

class PiecewiseText {
  readonly #pieces: Buffer[] = [];
  #room = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #at = 0;
  #bytes = 0;

  /** At most the size of a piece; true if it has filled one. */
  append(part: Buffer): boolean {
    const copied = part.copy(this.#room, this.#at);
    this.#at += copied;
    this.#bytes += part.length;
    if (copied === part.length) return false;
    this.#pieces.push(this.#room);
    this.#room = Buffer.allocUnsafeSlow(PIECE_BYTES);
    this.#at = part.copy(this.#room, 0, copied);
    return true;
  }

  end(): ListText {
    return { pieces: [...this.#pieces, this.#room.subarray(0, this.#at)], bytes: this.#bytes };
  }
}

/** Items are told of in lots. */
const LOT = 64;

/** Tells of each key the objects that it shows, and those that these name. A slice with each step. */
export function* tellItems(
  items: readonly MergedItem[],
  tell: (ids: readonly string[], keyIndex: number) => void,
): Generator<void, true> {
  for (let start = 0; start < items.length; start += LOT) {
    const byKey = new Map<number, string[]>();
    for (const { item, keyIndex } of items.slice(start, start + LOT)) {
      const ids = byKey.get(keyIndex) ?? [];
      byKey.set(keyIndex, ids);
      if (item.id !== undefined) ids.push(item.id);
      const bytes = item.bytes.subarray(item.start, item.end);
      ids.push(...(bytes.length <= AT_ONCE_BYTES ? readReferences(bytes) : yield* bodyReferences(bytes, '')));
    }
    for (const [keyIndex, ids] of byKey) tell(ids, keyIndex);
    yield;
  }
  return true;
}

/** Writes it as fast as the client takes it; false if the client has gone before its end. */
export async function writePieces(
  response: ClientResponse,
  pieces: readonly Buffer[],
  signal: StopSignal,
): Promise<boolean> {
  let wake: () => void = () => undefined;
  const onAbort = (): void => wake();
  response.onDrain(() => wake());
  signal.addEventListener('abort', onAbort, { once: true });
  for (const piece of pieces) {
    if (signal.aborted) return false;
    if (response.write(piece)) continue;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (signal.aborted) resolve();
    });
  }
  signal.removeEventListener('abort', onAbort);
  if (signal.aborted) return false;
  response.end();
  return true;
}
