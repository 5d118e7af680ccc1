import type { Contender } from './contenders';
import type { LoadResult } from './load/job';
import { jobFor, type Kind } from './measure';
import { answerCounts } from './tables';
import { CHAT_ANSWER, embeddingAnswer } from './traffic';

const TIMEOUT_MS = 30_000;
/** So much of the bytes and events must come: gateways write answers anew, and events may be on their way at the end. */
const WHOLE_SHARE = 0.9;

interface Answer {
  readonly choices?: readonly { readonly message?: { readonly content?: string } }[];
  readonly data?: readonly { readonly embedding?: unknown }[];
  readonly usage?: { readonly total_tokens?: number };
}

/** What of an answer a client cares for: a gateway may add to the rest, or leave it out. */
function essence({ choices, data, usage }: Answer): string {
  const texts = choices?.map(({ message }) => message?.content);
  return JSON.stringify([texts, data?.map(({ embedding }) => embedding), usage?.total_tokens]);
}

/** Undefined if the contender gives the upstream's answer; else what it gives. Not for streams. */
export async function wrongAnswer(contender: Contender, kind: Kind): Promise<string | undefined> {
  const { port, path, headers, body } = jobFor(contender, kind, {
    kind: 'closed',
    connections: 1,
    requests: 1,
  });
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (response.status !== 200) return `${response.status} ${text.slice(0, 200)}`;
  const expected = kind.endpoint === '/embeddings' ? embeddingAnswer() : CHAT_ANSWER;
  const isSame = essence(JSON.parse(text) as Answer) === essence(JSON.parse(expected) as Answer);
  return isSame ? undefined : `another answer than the upstream's: ${text.slice(0, 200)}`;
}

/** Undefined if all requests were answered with 200 and in full; else what came. */
export function wrongResult(result: LoadResult, kind: Kind): string | undefined {
  const { statuses, requests, bodyBytes } = result;
  if (statuses['200'] !== requests) return answerCounts(statuses);
  const expected = kind.endpoint === '/embeddings' ? embeddingAnswer().length : CHAT_ANSWER.length;
  const bytes = bodyBytes / requests;
  return bytes >= expected * WHOLE_SHARE ? undefined : `${bytes.toFixed(0)} bytes of ${expected}`;
}

/** Undefined if all streams were open to the end and brought their events; else what came. */
export function wrongStreams(result: LoadResult, streams: number, eventsOfEach: number): string | undefined {
  const { statuses, events } = result;
  if (statuses['200'] !== streams || result.requests !== streams) return answerCounts(statuses);
  const expected = streams * eventsOfEach;
  return events >= expected * WHOLE_SHARE ? undefined : `${events} events of ${expected}`;
}
