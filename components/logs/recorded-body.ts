import type { LogStory } from '@/lib/admin/contract/logs';

/** What is kept of a request's body; the last character may not have fitted. */
const REQUEST_KEPT = 64 * 1024 - 3;

export const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/** The body of the request as far as it was recorded and may be read, and how many bytes of how many that are. */
export function recordedBody({ request, errors }: Pick<LogStory, 'request' | 'errors'>) {
  const text = errors.find(({ requestBody }) => requestBody !== null)?.requestBody ?? undefined;
  const sent = request?.requestBytes ?? 0;
  const kept = text === undefined ? 0 : bytesOf(text);
  const isHidden = errors.some(({ isBodyHidden }) => isBodyHidden);
  return { text, sent, kept, isCut: kept >= REQUEST_KEPT && sent > kept, isHidden };
}
