import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createGzip, gzipSync, constants } from 'node:zlib';
import {
  chatCompletion,
  chatStream,
  reply,
  type RecordedRequest,
  type Reply,
} from '../../../support/scripted-upstream';
import type { BadAnswer, When } from './case';
import { filledIn } from './placeholders';

/** The word by which a good answer is known. */
const WORD = 'fine';

/** Gives the bad answer to the requests that it is for, and a good one to all others. */
export class CaseUpstream {
  /** How often the bad answer was fetched. */
  badHits = 0;

  constructor(
    private readonly bad: BadAnswer,
    private readonly when: When,
    private readonly keys: readonly string[],
  ) {}

  readonly reply: Reply = (request, response) => {
    if (!this.#isMeant(request)) return goodAnswer(request, response);
    this.badHits += 1;
    return badAnswer(this.bad, request.key ?? '', response);
  };

  #isMeant(request: RecordedRequest): boolean {
    const { key, model, path, content, userAgent } = this.when;
    const isOfKey = key === 'any' || key.includes(this.keys.indexOf(request.key ?? ''));
    return (
      isOfKey &&
      (model === undefined || fieldsOf(request)['model'] === model) &&
      (path === undefined || pathOf(request).endsWith(path)) &&
      (content === undefined || request.body.includes(content)) &&
      (userAgent === undefined || (request.headers['user-agent'] ?? '').includes(userAgent))
    );
  }
}

const goodAnswer: Reply = (request, response) => {
  const fields = fieldsOf(request);
  const model = typeof fields['model'] === 'string' ? fields['model'] : undefined;
  const isStream = fields['stream'] === true;
  const path = pathOf(request);
  if (path.endsWith('/chat/completions')) {
    const good = isStream ? reply.sse(chatStream([WORD])) : reply.json(200, chatCompletion(WORD, model));
    return good(request, response);
  }
  if (path.endsWith('/responses')) {
    const good = isStream ? reply.sse(responseStream()) : reply.json(200, responseObject('completed'));
    return good(request, response);
  }
  return reply.healthy(request, response);
};

async function badAnswer(bad: BadAnswer, secret: string, response: ServerResponse): Promise<void> {
  const fill = (text: string) => filledIn(text, secret, Date.now());
  const given = Object.entries(bad.headers).map(([name, value]) => [name.toLowerCase(), fill(value)]);
  const headers = {
    'content-type': bad.chunks === undefined ? 'application/json' : 'text/event-stream',
    ...(bad.gzip && { 'content-encoding': 'gzip' }),
    ...(Object.fromEntries(given) as Record<string, string>),
  };
  if (bad.chunks !== undefined) {
    response.writeHead(bad.status, headers);
    response.flushHeaders();
    return sendChunks(bad, fill, response);
  }
  const text = fill(bad.bodyText ?? JSON.stringify(bad.body) ?? '');
  const body = bad.gzip ? gzipSync(text) : Buffer.from(text);
  response.writeHead(bad.status, { ...headers, 'content-length': body.length }).end(body);
}

/** Each piece as a write of its own. */
async function sendChunks(bad: BadAnswer, fill: (text: string) => string, response: ServerResponse) {
  const stream = bad.gzip ? createGzip({ flush: constants.Z_SYNC_FLUSH }) : response;
  if (stream !== response) stream.pipe(response);
  for (const chunk of bad.chunks ?? []) {
    if (response.destroyed) return;
    if (typeof chunk !== 'string') await delay(chunk.waitMs);
    else if (!stream.write(fill(chunk))) await Promise.race([once(stream, 'drain'), once(response, 'close')]);
  }
  stream.end();
}

function responseObject(status: string): object {
  const content = [{ type: 'output_text', text: WORD, annotations: [] }];
  return {
    id: 'resp_test',
    object: 'response',
    status,
    error: null,
    output:
      status === 'completed' ? [{ id: 'msg_test', type: 'message', status, role: 'assistant', content }] : [],
  };
}

function responseStream(): string[] {
  const at = { item_id: 'msg_test', output_index: 0, content_index: 0 };
  const events: [type: string, fields: object][] = [
    ['response.created', { response: responseObject('in_progress') }],
    ['response.output_text.delta', { ...at, delta: WORD }],
    ['response.completed', { response: responseObject('completed') }],
  ];
  return events.map(
    ([type, fields], sequence_number) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...fields })}\n\n`,
  );
}

function pathOf({ url }: RecordedRequest): string {
  return url.split('?')[0] ?? '';
}

function fieldsOf({ body }: RecordedRequest): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
