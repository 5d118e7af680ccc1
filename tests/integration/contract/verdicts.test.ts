import { expect } from 'vitest';
import { reply, type Reply } from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { open } from './ask';
import { askUntil } from './ask-until';
import { inEveryFace } from './faces';
import { expectRefusal } from './refusal';
import { Stage } from './stage';

inEveryFace('what an answer means for its key', (start) => {
  const stage = new Stage(start);

  for (const status of [200, 201]) {
    stage.it(`${status} goes to the client as it is, after one attempt`, { keys: 3 }, async (provider) => {
      const body = Buffer.from('{ "spacing" :  "kept",\n"é": "\\u00e9" }');
      provider.replies(
        reply.bytes(status, body, { 'content-type': 'application/json', 'x-of-upstream': 'y' }),
      );
      const answer = await provider.chat();
      expect(answer.status).toBe(status);
      expect(answer.headers['x-of-upstream']).toBe('y');
      expect(answer.body).toEqual(body);
      expect(provider.requests()).toHaveLength(1);
    });
  }

  for (const status of [400, 404, 405, 409, 413, 415, 422, 418]) {
    const times = status === 400 ? 100 : 20;
    stage.it(
      `a client's ${status}, ${times} times over, is passed on byte for byte, not retried and held against nobody`,
      { keys: 2, max_failures: 1, selection_policy: 'round_robin' },
      async (provider) => {
        const body = Buffer.from(
          `{"error":{ "message":"your fault","type":"t","code":null },"status":${status}}`,
        );
        provider.replies(
          reply.bytes(status, body, { 'content-type': 'application/json', 'x-of-upstream': 'y' }),
        );
        const answers = await Promise.all(Array.from({ length: 4 }, () => provider.chatTimes(times / 4)));
        for (const answer of answers.flat()) {
          expect(answer.status).toBe(status);
          expect(answer.headers['x-of-upstream']).toBe('y');
          expect(answer.body).toEqual(body);
        }
        expect(provider.requests()).toHaveLength(times);

        provider.replies(reply.healthy);
        const after = await provider.chatTimes(2);
        expect(after.map((answer) => answer.status)).toEqual([200, 200]);
        expect(provider.asked().slice(times).sort()).toEqual([0, 1]);
      },
    );
  }

  for (const [status, code] of [
    [401, 'invalid_api_key'],
    [402, 'insufficient_balance'],
    [403, 'account_deactivated'],
  ] as const) {
    const rejection = reply.error(status, { message: 'no such account', code });

    stage.it(
      `after a ${status} the next key answers, and at MAX_FAILURES the key is disabled with the reason`,
      { keys: 2, max_failures: 1 },
      async (provider) => {
        provider.keyReplies(0, rejection);
        const answers = await provider.chatTimes(10);
        expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(200));
        expect(provider.asked().filter((key) => key === 0)).toHaveLength(1);
        expect(provider.requests()).toHaveLength(11);

        const key = await provider.savedKey(0, ({ isDisabled }) => isDisabled === 1);
        expect(key).toMatchObject({ disabledBy: 'auto', failures: 1, lastErrorStatus: status });
        expect(key.reason).toBe(`${status} ${code}: no such account`);
        await expect(provider.savedKey(1, () => true)).resolves.toMatchObject({ isDisabled: 0, failures: 0 });
      },
    );
  }

  stage.it(
    'below MAX_FAILURES a rejected key only rests for a moment, then gets its next chance',
    { keys: 2, max_failures: 2, waits: true },
    async (provider) => {
      provider.keyReplies(0, reply.error(401, { code: 'invalid_api_key' }));
      await provider.chatTimes(6);
      expect(provider.asked().filter((key) => key === 0)).toHaveLength(1);
      await expect(provider.savedKey(0, ({ failures }) => failures > 0)).resolves.toMatchObject({
        isDisabled: 0,
        failures: 1,
      });

      await askUntil(provider, () => provider.asked().filter((key) => key === 0).length === 2);
      await expect(provider.savedKey(0, ({ isDisabled }) => isDisabled === 1)).resolves.toMatchObject({
        failures: 2,
      });
    },
  );

  stage.it(
    'a success sets the count of failures back',
    { keys: 2, max_failures: 2, waits: true },
    async (provider) => {
      provider.keyReplies(0, reply.error(403), reply.healthy, reply.error(403), reply.healthy);
      await askUntil(provider, () => provider.asked().filter((key) => key === 0).length >= 4);
      const key = await provider.savedKey(
        0,
        ({ errorCount, failures }) => errorCount === 2 && failures === 0,
      );
      expect(key.isDisabled).toBe(0);
    },
  );

  stage.it(
    'the reason for a disabled key never shows the key, even if the upstream repeats it',
    { keys: 2, max_failures: 1 },
    async (provider) => {
      const message = `Incorrect API key provided: ${provider.key(0)}.`;
      provider.keyReplies(0, reply.error(401, { message, code: 'invalid_api_key' }));
      await provider.chatTimes(2);
      const key = await provider.savedKey(0, ({ isDisabled }) => isDisabled === 1);
      expect(key.reason).toBe(`401 invalid_api_key: Incorrect API key provided: ${key.hint}.`);
    },
  );

  stage.it(
    'a rate limit, however often, never disables a key',
    { keys: 1, max_failures: 1 },
    async (provider) => {
      provider.replies(reply.rateLimited({ headers: { 'retry-after-ms': '1' } }));
      await waitFor(
        async () => {
          await provider.chat();
          return provider.requests().length >= 30;
        },
        { intervalMs: 2, what: '30 rate limits' },
      );
      provider.replies(reply.healthy);
      await askUntil(provider, (answer) => answer.status === 200);
    },
  );

  for (const code of ['insufficient_quota', 'billing_hard_limit_reached']) {
    stage.it(
      `429 ${code} counts as a failure and rests the key for long, for every model`,
      { keys: 2, max_failures: 2 },
      async (provider) => {
        provider.keyReplies(0, reply.error(429, { code, message: 'You exceeded your current quota' }));
        const answers = [
          ...(await provider.chatTimes(4)),
          ...(await provider.chatTimes(4, { model: 'other' })),
        ];
        expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(200));
        expect(provider.asked().filter((key) => key === 0)).toHaveLength(1);

        const before = Date.now();
        const key = await provider.savedKey(0, ({ failures }) => failures === 1);
        expect(key.isDisabled).toBe(0);
        expect(key.cooldownUntil).toBeGreaterThan(before + 5 * 60_000);
      },
    );
  }

  stage.it(
    'exhausted quota disables a key at MAX_FAILURES',
    { keys: 2, max_failures: 1 },
    async (provider) => {
      provider.keyReplies(0, reply.error(429, { code: 'insufficient_quota', message: 'No money' }));
      await provider.chatTimes(2);
      await expect(provider.savedKey(0, ({ isDisabled }) => isDisabled === 1)).resolves.toMatchObject({
        disabledBy: 'auto',
        reason: '429 insufficient_quota: No money',
      });
    },
  );

  const trouble: Record<string, Reply> = {
    ...Object.fromEntries([408, 500, 502, 503, 504, 520, 529].map((status) => [status, reply.error(status)])),
    'a reset connection': reply.resetBeforeHeaders(),
    'an empty stream': reply.emptySse(),
  };
  for (const [what, bad] of Object.entries(trouble)) {
    stage.it(
      `after ${what} the next key answers, and the first is in use again at once`,
      { keys: 2, max_failures: 1, selection_policy: 'round_robin' },
      async (provider) => {
        provider.replies(bad, reply.healthy);
        expect((await provider.stream()).status).toBe(200);
        const [first, second] = provider.asked();
        expect(new Set([first, second])).toEqual(new Set([0, 1]));

        await provider.chatTimes(2);
        expect(provider.asked().slice(2).sort()).toEqual([0, 1]);
        const statuses = (await provider.chatTimes(4)).map((answer) => answer.status);
        expect(statuses).toEqual([200, 200, 200, 200]);
      },
    );
  }

  stage.it(
    'clients that leave harm neither key nor breaker, and their upstream requests end',
    { keys: 2, max_failures: 1 },
    async (provider) => {
      provider.replies(reply.sseStallAfter(['data: {"n":1}\n\n']));
      for (let time = 0; time < 12; time += 1) {
        const incoming = await open(stage.server, `/${provider.slug}/v1/chat/completions`, {
          body: provider.chatBody({ stream: true }),
        });
        incoming.destroy();
      }
      await Promise.all(provider.requests().map((request) => request.closed));
      expect(provider.requests().map((request) => request.wasAborted())).toEqual(Array(12).fill(true));

      provider.replies(reply.healthy);
      const answers = await provider.chatTimes(4);
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
      expect(provider.asked().slice(12).sort()).toEqual([0, 0, 1, 1]);
    },
  );

  stage.it('a provider without keys answers 503 no_key_available', { keys: 0 }, async (provider) => {
    expectRefusal(await provider.chat(), 503, 'no_key_available');
    expectRefusal(await provider.ask('/files'), 503, 'no_key_available');
  });

  stage.it(
    'a provider whose keys are all disabled answers 503 no_key_available',
    { keys: 2, max_failures: 1 },
    async (provider) => {
      provider.replies(reply.error(401, { message: 'dead', code: 'invalid_api_key' }));
      const last = await provider.chat();
      expect(last.status).toBe(401);
      expect(last.json()).toMatchObject({ error: { message: 'dead' } });
      expectRefusal(await provider.chat(), 503, 'no_key_available');
      expect(provider.requests()).toHaveLength(2);
    },
  );
});
