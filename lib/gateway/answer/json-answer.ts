import type { LiveExchange } from '../exchange/live-exchange';

/** Answers with JSON of our own, and records it as a success. `headers`: names and values in turn. */
export function answerJson(
  { response, log }: LiveExchange,
  json: string,
  headers: readonly string[] = [],
): void {
  const body = Buffer.from(json);
  log.committed();
  response.start(200, [
    'content-type',
    'application/json',
    'content-length',
    String(body.length),
    ...headers,
    'x-request-id',
    log.requestId,
  ]);
  response.end(body);
  log.finish({ status: 200, outcome: 'success', responseBytes: body.length });
}
