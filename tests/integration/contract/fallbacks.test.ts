import { expect } from 'vitest';
import { chatChunk, chatCompletion, chatStream, reply } from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { askUntil } from './ask-until';
import { inEveryFace } from './faces';
import { expectRefusal } from './refusal';
import { Stage } from './stage';

inEveryFace('a fallback', (start) => {
  const stage = new Stage(start);

  stage.itAmong(
    'is not used while the provider can answer',
    { first: { keys: 2, fallbacks: ['spare'] }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      first.replies(reply.error(500), reply.error(401), reply.healthy);
      await first.chatTimes(5);
      expect(spare.requests()).toHaveLength(0);
    },
  );

  stage.itAmong(
    'answers when the provider is down, and leaves the traffic to it when that is back',
    { first: { keys: 2, isDown: true, fallbacks: ['spare'], waits: true }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      const answers = await first.chatTimes(6);
      expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
      expect(spare.requests()).toHaveLength(6);

      await first.upstream.accept();
      await askUntil(first, () => first.requests().length > 0);
      const before = spare.requests().length;
      await first.chatTimes(4);
      expect(spare.requests()).toHaveLength(before);
    },
  );

  stage.itAmong(
    'answers when every attempt with the provider has failed, with the same request',
    { first: { keys: 2, max_retries: 1, fallbacks: ['spare'] }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      first.replies(reply.error(503));
      const body = '{"model":"gpt-test","messages":[],  "x":1}';
      const answer = await first.ask('/chat/completions', { body, headers: { 'x-mine': 'kept' } });
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual(chatCompletion());
      expect(first.requests()).toHaveLength(2);
      const [request, ...more] = spare.requests();
      expect(more).toEqual([]);
      expect(request?.body.toString()).toBe(body);
      expect(request?.headers['x-mine']).toBe('kept');
    },
  );

  stage.itAmong(
    'answers for a provider that has no keys',
    { first: { keys: 0, fallbacks: ['spare'] }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      const answer = await first.chat();
      expect(answer.status).toBe(200);
      expect(spare.requests()).toHaveLength(1);
      const log = await first.log(answer);
      expect(log.provider).toBe(spare.slug);
      expect(log.trace.skippedProviders).toEqual([{ provider: first.slug, reason: 'no_keys' }]);
      expect(log.trace.attempts).toMatchObject([{ provider: spare.slug, verdict: 'success' }]);
    },
  );

  stage.itAmong(
    'answers when all keys of the provider are disabled',
    { first: { keys: 2, max_failures: 1, fallbacks: ['spare'] }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      first.replies(reply.error(401, { code: 'invalid_api_key' }));
      const answers = await first.chatTimes(3);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(first.requests()).toHaveLength(2);
      expect(spare.requests()).toHaveLength(3);
    },
  );

  stage.itAmong(
    'answers while all keys of the provider are cooling',
    { first: { keys: 2, fallbacks: ['spare'] }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      first.replies(reply.rateLimited({ retryAfter: '60' }));
      const answers = await first.chatTimes(3);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(first.requests()).toHaveLength(2);
      expect(spare.requests()).toHaveLength(3);
    },
  );

  stage.itAmong(
    'answers while the breaker of the provider is open',
    { first: { keys: 2, max_retries: 0, fallbacks: ['spare'] }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      first.replies(reply.error(500));
      await waitFor(
        async () => {
          const before = first.requests().length;
          expect((await first.chat()).status).toBe(200);
          return first.requests().length === before;
        },
        { what: 'the breaker to open' },
      );
      expect(spare.requests().length).toBeGreaterThan(first.requests().length);
    },
  );

  stage.itAmong(
    'answers instead of a stream that begins with an error',
    { first: { keys: 1, max_retries: 0, fallbacks: ['spare'] }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      first.replies(reply.sse(['data: {"error":{"code":500}}\n\n']));
      const whole = chatStream(['Hello']).join('');
      spare.replies(reply.sse([whole]));
      expect((await first.stream()).text).toBe(whole);
    },
  );

  stage.itAmong(
    'has its own fallbacks ignored: the list of the provider asked for is tried in its order, once',
    {
      first: { keys: 1, max_retries: 0, fallbacks: ['second', 'third', 'fourth'] },
      second: { keys: 1, max_retries: 0, fallbacks: ['hidden'] },
      third: { keys: 1, max_retries: 0, fallbacks: ['first'] },
      fourth: { keys: 1 },
      hidden: { keys: 1 },
    },
    async ({ first, second, third, fourth, hidden }) => {
      for (const provider of [first, second, third]) provider.replies(reply.resetBeforeHeaders());
      const answer = await first.chat();
      expect(answer.status).toBe(200);
      const { trace } = await first.log(answer);
      const order = [first, second, third, fourth];
      expect(trace.attempts.map(({ provider }) => provider)).toEqual(order.map(({ slug }) => slug));
      for (const provider of order) expect(provider.requests()).toHaveLength(1);
      expect(hidden.requests()).toHaveLength(0);
    },
  );

  stage.itAmong(
    'that is disabled or does not exist is passed over',
    {
      first: { keys: 0, fallbacks: ['off', 'nowhere', 'spare'] },
      off: { keys: 1, enabled: false },
      spare: { keys: 1 },
    },
    async ({ first, off, spare }) => {
      expect((await first.chat()).status).toBe(200);
      expect(off.requests()).toHaveLength(0);
      expect(spare.requests()).toHaveLength(1);
    },
  );

  stage.itAmong(
    "is not bothered with what is the client's fault",
    { first: { keys: 1, fallbacks: ['spare'] }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      first.replies(reply.error(404, { message: 'no such model' }));
      expect((await first.chat()).status).toBe(404);
      expect(spare.requests()).toHaveLength(0);
    },
  );

  stage.itAmong(
    'never continues an answer that has begun',
    { first: { keys: 1, fallbacks: ['spare'] }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      first.replies(reply.cutAfter([chatChunk('Hello')]));
      const answer = await first.stream();
      expect(answer.text).toContain('"stream_cut"');
      expect(answer.isWhole).toBe(false);
      expect(spare.requests()).toHaveLength(0);
    },
  );

  stage.itAmong(
    'is not asked to do again what may have been done',
    { first: { keys: 1, fallbacks: ['spare'] }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      first.replies(reply.error(500, { message: 'perhaps' }));
      expect((await first.ask('/batches', { body: {} })).status).toBe(500);
      expect(spare.requests()).toHaveLength(0);
    },
  );

  stage.itAmong(
    'is asked to do what was certainly not done',
    { first: { keys: 1, isDown: true, fallbacks: ['spare'] }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      expect((await first.ask('/batches', { body: {} })).status).toBe(200);
      expect(spare.requests()).toHaveLength(1);
    },
  );

  stage.itAmong(
    'that fails too has the last word',
    { first: { keys: 1, max_retries: 0, fallbacks: ['spare'] }, spare: { keys: 1, max_retries: 0 } },
    async ({ first, spare }) => {
      first.replies(reply.error(500, { message: 'of the first' }));
      spare.replies(reply.error(503, { message: 'of the spare' }));
      const answer = await first.chat();
      expect(answer.status).toBe(503);
      expect(answer.json()).toMatchObject({ error: { message: 'of the spare' } });
    },
  );

  stage.itAmong(
    'that cannot be asked leaves the word to the provider',
    { first: { keys: 1, max_retries: 0, fallbacks: ['spare'] }, spare: { keys: 0 } },
    async ({ first }) => {
      first.replies(reply.error(500, { message: 'of the first' }));
      const answer = await first.chat();
      expect(answer.status).toBe(500);
      expect(answer.json()).toMatchObject({ error: { message: 'of the first' } });
    },
  );

  stage.itAmong(
    'that cools as well: the client hears when the first of all keys is back',
    { first: { keys: 1, fallbacks: ['spare'] }, spare: { keys: 1 } },
    async ({ first, spare }) => {
      first.replies(reply.rateLimited({ retryAfter: '500' }));
      spare.replies(reply.rateLimited({ retryAfter: '50' }));
      await first.chat();
      const answer = await first.chat();
      expect(answer.status).toBe(429);
      expect(answer.json()).toMatchObject({ error: { code: 'all_keys_cooling' } });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(40);
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(50);
    },
  );

  stage.itAmong(
    'without keys, of a provider without keys, leaves 503 no_key_available',
    { first: { keys: 0, fallbacks: ['spare'] }, spare: { keys: 0 } },
    async ({ first }) => {
      expectRefusal(await first.chat(), 503, 'no_key_available');
    },
  );
});
