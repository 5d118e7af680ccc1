import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LiveAnswer } from '../../../../lib/upstream/answer/live-answer';
import { openingOf } from '../../../../lib/upstream/dial/opening';
import { Redactors } from '../../../../lib/upstream/redaction/redactors';
import { delta, events, JSON_TYPE, ROLE, SSE, Stand } from '../dialled';

const NOW = Date.UTC(2026, 0, 1);
const SAID = {
  'openai-organization': 'acme',
  'openai-project': 'proj_1',
  'x-ratelimit-remaining-requests': '7',
  'x-ratelimit-reset-requests': '6s',
};
const KEY = {
  account: 'acme/proj_1',
  limits: [{ of: 'requests', remaining: 7, resetAt: NOW + 6_000 }],
};
const ERROR = { error: { code: 429, message: 'slow down' } };

let stand: Stand;
beforeEach(() => {
  stand = new Stand();
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(async () => {
  vi.useRealTimers();
  await stand.close();
});

it.each<[string, number, object, string | Buffer, number]>([
  ['an answer', 200, JSON_TYPE, '{"choices":[{"message":{"content":"hi"}}]}', 200],
  ['a stream', 200, SSE, events(ROLE, delta('hi')), 200],
  ['a rejection', 401, JSON_TYPE, JSON.stringify(ERROR), 401],
  ['a refusal of the request', 400, JSON_TYPE, '{"error":{"message":"bad"}}', 400],
  ['a failure', 503, {}, '', 503],
  ['an error within a 200', 200, JSON_TYPE, JSON.stringify(ERROR), 429],
  ['an error within a stream', 200, SSE, events(ROLE, ERROR), 429],
  ['an answer that is none', 200, { 'content-type': 'text/html' }, '<html></html>', 502],
  ['an answer without a choice', 200, JSON_TYPE, '{"choices":[]}', 502],
  ['a body that cannot be decoded', 200, { 'content-encoding': 'gzip, br' }, 'x', 502],
  ['a failure that cannot be decoded', 500, { 'content-encoding': 'gzip, br' }, 'x', 500],
])('%s tells of its key', async (_what, status, headers, body, standsFor) => {
  const port = await stand.http((_request, response) =>
    response.writeHead(status, { ...SAID, ...headers }).end(body),
  );
  const { outcome, answer } = await stand.dial(port);
  expect(outcome).toMatchObject({ kind: 'answer', status: standsFor, ...KEY });
  answer?.abort();
});

it('counts resets from when the head came', () => {
  let now = NOW;
  const source = { pause: () => undefined, resume: () => undefined, abort: () => undefined };
  const target = {
    provider: 'p',
    baseUrl: 'http://127.0.0.1/v1',
    customHeaders: {},
    timeoutMs: 1,
    idleTimeoutMs: 1,
  };
  const redactor = new Redactors().for(target, { secret: 'sk-the-secret-key', hint: 'sk' });
  const request = { model: 'm', isStream: true, expects: 'answer' } as const;
  const answer = new LiveAnswer(source, 200, { ...SSE, ...SAID }, redactor, request, () => now);
  now += 5_000;
  answer.receive(Buffer.from(events(delta('hi'))));
  expect(openingOf(answer, true).read()?.outcome).toMatchObject(KEY);
});
