import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  AT_ONCE_BYTES,
  bodyReferences,
  readReferences,
  type RequestReading,
} from '../../openai/objects/references';
import { isJson, mediaType } from '../../openai/request/media-type';
import type { RequestHead } from '../../openai/request/request-head';

const NONE: readonly string[] = [];
const OPEN_BRACE = 0x7b;
/** How bodies are read that may name more than most to their path. */
const MORE: ReadonlyMap<string, { readonly audio?: RequestReading; readonly container?: RequestReading }> =
  new Map([
    ['/chat/completions', { audio: 'chat_with_audio' }],
    ['/messages', { container: 'contained_message' }],
  ]);
/** Reading gives way to everything else after so long. */
const HELD_MS_MAX = 5;

export interface ReferenceQuestion {
  /** As the provider reads it: decoded. */
  readonly body: Buffer;
  /** Its content type. */
  readonly type: string | undefined;
  readonly path: string;
  /** As its head tells. */
  readonly mayName?: RequestHead['mayName'];
  readonly signal: { readonly aborted: boolean };
}

/** The ids of objects that a JSON body names: at once if it is small, else a slice at a time. */
export function referencesIn(question: ReferenceQuestion): readonly string[] | Promise<readonly string[]> {
  const { body, type, signal } = question;
  if (body.length === 0 || !isLikeJson(body, type)) return NONE;
  const path = (question.mayName && MORE.get(question.path)?.[question.mayName]) ?? question.path;
  if (body.length <= AT_ONCE_BYTES) return readReferences(body, path);
  return readOn(bodyReferences(body, path), signal);
}

function isLikeJson(body: Buffer, type: string | undefined): boolean {
  return body[0] === OPEN_BRACE || isJson(mediaType(type));
}

async function readOn(
  reading: Generator<void, readonly string[]>,
  signal: ReferenceQuestion['signal'],
): Promise<readonly string[]> {
  let since = performance.now();
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
    if (performance.now() - since < HELD_MS_MAX) continue;
    await nextTurn();
    if (signal.aborted) return NONE;
    since = performance.now();
  }
}
