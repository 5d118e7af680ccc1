import { expect } from 'vitest';
import { chatStream, reply } from '../../support/scripted-upstream';
import { inEveryFace } from './faces';
import { Stage } from './stage';

inEveryFace('limits that are set', (start) => {
  const stage = new Stage(start);

  for (const isStream of [false, true]) {
    stage.it(
      `hold for each key, and the provider never sees more ${isStream ? 'streams' : 'requests'}`,
      { keys: 2, limits: { requests_per_minute: 10 } },
      async (provider) => {
        provider.replies(isStream ? reply.sse(chatStream(['Hi'])) : reply.healthy);
        const answers = await Promise.all(
          Array.from({ length: 30 }, () => provider.chat({ stream: isStream })),
        );
        const statuses = answers.map(({ status }) => status);
        expect(statuses.filter((status) => status === 200)).toHaveLength(20);
        const refused = answers.filter(({ status }) => status === 429);
        expect(refused).toHaveLength(10);
        for (const { headers } of refused) {
          expect(Number(headers['retry-after'])).toBeGreaterThan(0);
          expect(Number(headers['retry-after'])).toBeLessThanOrEqual(61);
        }
        expect(provider.requests()).toHaveLength(20);
      },
    );
  }

  stage.it(
    'of a model leave the others alone',
    { keys: 1, limits: { models: { 'gpt-test': { requests_per_day: 1 } } } },
    async (provider) => {
      provider.replies(reply.healthy);
      const models = ['gpt-test', 'gpt-test', 'gpt-other'];
      const statuses: number[] = [];
      for (const model of models) statuses.push((await provider.chat({ model })).status);
      expect(statuses).toEqual([200, 429, 200]);
    },
  );

  stage.it('told by an answer rest the key before its first 429', { keys: 2 }, async (provider) => {
    const none = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '40s' };
    provider.replies(reply.json(200, { choices: [{ message: { content: 'Hi' } }] }, none));
    const statuses: number[] = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await provider.chat()).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect(provider.requests()).toHaveLength(2);
  });
});

inEveryFace('a request that finds every key at its limit', (start) => {
  const stage = new Stage(start, { WAIT_SECONDS: 30 });

  stage.it(
    'waits for one to be free, and its story says so',
    { keys: 1, limits: { concurrency: 1 } },
    async (provider) => {
      provider.replies(reply.healthy);
      const answers = await Promise.all([provider.chat(), provider.chat(), provider.chat()]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      const logs = await Promise.all(answers.map((answer) => provider.log(answer)));
      const waits = logs.flatMap(({ trace }) => trace.waits ?? []);
      expect(waits.length).toBeGreaterThanOrEqual(2);
      expect(waits[0]).toMatchObject({ reason: 'all_cooling', end: 'served' });
    },
  );
});
