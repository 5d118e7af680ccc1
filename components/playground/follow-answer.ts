import type { ChatBody, ChatProgress } from '@/lib/client/chat-stream';
import { streamChat } from '@/lib/client/chat-stream';
import { answerOf, type Answer } from '@/lib/client/playground';

interface Asking {
  readonly token: string;
  readonly body: ChatBody;
  readonly isStream: boolean;
  readonly aborter: AbortController;
}

/** An answer that does not come to an end would fill the browser's memory. */
const LENGTH_MAX = 2 ** 24;

/**
 * Sends a request at the address of the default provider, where every route and `provider/model` has its name, and
 * shows the answer as it comes, once a frame. Resolves with how it ended; never rejects.
 */
export async function followAnswer(
  { token, body, isStream, aborter }: Asking,
  show: (change: Partial<Answer>) => void,
): Promise<ChatProgress | undefined> {
  const { signal } = aborter;
  let latest: ChatProgress | undefined;
  let isToBeDrawn = false;
  const draw = () => {
    if (isToBeDrawn && latest !== undefined) show(answerOf(latest));
    isToBeDrawn = false;
  };
  const request = { base: '/v1', token, body, isStream, wantsUsage: true, signal };
  for await (latest of streamChat(request)) {
    if (latest.text.length + latest.thought.length > LENGTH_MAX) aborter.abort();
    if (!isToBeDrawn) requestAnimationFrame(draw);
    isToBeDrawn = latest.totalMs === undefined;
  }
  if (latest !== undefined) show({ ...answerOf(latest), ...(signal.aborted ? { isStopped: true } : {}) });
  return latest;
}
