import { expect } from 'vitest';
import { chatStream, reply, type Reply } from '../../support/scripted-upstream';
import { askUntil } from './ask-until';
import { inBothModes } from './faces';
import { expectRefusal } from './refusal';
import { Stage } from './stage';
import type { StagedProvider } from './staged-provider';

const COOLDOWN_SECONDS = 1;
/** How much later than allowed a key may be asked: polling, and a busy machine. */
const LATE_MS_MAX = 5_000;

/** Asks until the provider answers again; returns how long its upstream had been left in peace before each request. */
async function restsUntilServed(provider: StagedProvider): Promise<number[]> {
  await askUntil(provider, ({ status }) => status === 200);
  const times = provider.requests().map(({ at }) => at);
  return times.slice(1).map((at, index) => at - (times[index] ?? 0));
}

function expectWithin(restMs: number | undefined, askedMs: number): void {
  expect(restMs).toBeGreaterThanOrEqual(askedMs);
  expect(restMs).toBeLessThan(askedMs + LATE_MS_MAX);
}

inBothModes('a cooldown after 429', (start) => {
  const stage = new Stage(start, { COOLDOWN_SECONDS });

  const lengths: readonly (readonly [what: string, headers: Record<string, string>, ms: number])[] = [
    ['Retry-After in seconds', { 'retry-after': '2' }, 2_000],
    ['retry-after-ms, which is more exact', { 'retry-after-ms': '1400', 'retry-after': '60' }, 1_400],
    [
      'the reset of the exhausted kind',
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1.5s',
        'x-ratelimit-remaining-tokens': '1000',
        'x-ratelimit-reset-tokens': '6m0s',
      },
      1_500,
    ],
    [
      'a reset in milliseconds',
      { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1300ms' },
      1_300,
    ],
    ['COOLDOWN_SECONDS if the upstream names no time', {}, 1_000],
    ['COOLDOWN_SECONDS if the upstream names nonsense', { 'retry-after': 'soon' }, 1_000],
    ['COOLDOWN_SECONDS if the upstream names a time that is over', { 'retry-after': '0' }, 1_000],
  ];
  for (const [what, headers, ms] of lengths) {
    stage.it(`lasts for ${what}, and no longer`, { keys: 1 }, async (provider) => {
      provider.replies(reply.rateLimited({ headers }), reply.healthy);
      expect((await provider.chat()).status).toBe(429);
      const [rest, ...more] = await restsUntilServed(provider);
      expect(more).toEqual([]);
      expectWithin(rest, ms);
    });
  }

  for (const [what, headerFor] of [
    ['the date in Retry-After', (end: number) => ({ 'retry-after': new Date(end).toUTCString() })],
    [
      'the epoch in x-ratelimit-reset',
      (end: number) => ({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(end / 1000) }),
    ],
  ] as const) {
    stage.it(`lasts until ${what}, and no longer`, { keys: 1 }, async (provider) => {
      const end = Math.ceil(Date.now() / 1000) * 1000 + 2_000;
      provider.replies(reply.rateLimited({ headers: headerFor(end) }), reply.healthy);
      expect((await provider.chat()).status).toBe(429);
      await restsUntilServed(provider);
      const [, second] = provider.requests();
      expect(second?.at).toBeGreaterThanOrEqual(end);
      expect(second?.at).toBeLessThan(end + LATE_MS_MAX);
    });
  }

  stage.it('of COOLDOWN_SECONDS doubles with each in a row', { keys: 1 }, async (provider) => {
    provider.replies(reply.rateLimited(), reply.rateLimited(), reply.healthy);
    const [first, second] = await restsUntilServed(provider);
    expectWithin(first, 1_000);
    expectWithin(second, 2_000);
  });

  stage.it('is that of COOLDOWN_SECONDS again after a success', { keys: 1 }, async (provider) => {
    const inARow = [reply.rateLimited(), reply.rateLimited(), reply.healthy] as const;
    provider.replies(...inARow, reply.rateLimited({ headers: { 'x-second': 'round' } }), reply.healthy);
    await restsUntilServed(provider);
    const again = await provider.chat();
    expect(again.headers['x-second']).toBe('round');
    const rests = await restsUntilServed(provider);
    expectWithin(rests.at(-1), 1_000);
    // Not the four seconds of a third in a row.
    expect(rests.at(-1)).toBeLessThan(4_000);
  });

  stage.it("is one key's and not its neighbours'", { keys: 3 }, async (provider) => {
    provider.keyReplies(0, reply.rateLimited({ retryAfter: '60' }));
    const answers = await provider.chatTimes(9);
    expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(200));
    expect(provider.asked().filter((key) => key === 0)).toHaveLength(1);
    expect(provider.requests()).toHaveLength(10);
  });

  stage.it('is for one model: the key serves every other meanwhile', { keys: 1 }, async (provider) => {
    provider.replies(reply.rateLimited({ retryAfter: '60' }), reply.healthy);
    expect((await provider.chat({ model: 'busy' })).status).toBe(429);
    expect((await provider.chat({ model: 'busy' })).json()).toMatchObject({
      error: { code: 'all_keys_cooling' },
    });
    expect((await provider.chat({ model: 'idle' })).status).toBe(200);
    expect((await provider.ask('/files')).status).toBe(200);
    expect((await provider.chat({ model: 'busy' })).status).toBe(429);
    expect(provider.requests()).toHaveLength(3);
  });

  stage.it('is never shortened by a later answer', { keys: 1, max_retries: 0 }, async (provider) => {
    let answerSecond: () => void = () => undefined;
    const firstIsAnswered = new Promise<void>((resolve) => (answerSecond = resolve));
    provider.replies(
      reply.slowHeaders(provider.hasRequests(2), reply.rateLimited({ retryAfter: '3' })),
      reply.slowHeaders(firstIsAnswered, reply.rateLimited({ retryAfter: '1' })),
      reply.healthy,
    );
    const [first, second] = [provider.chat(), provider.chat()];
    expect((await first).status).toBe(429);
    answerSecond();
    expect((await second).status).toBe(429);

    await askUntil(provider, ({ status }) => status === 200);
    const [one, , three] = provider.requests();
    expectWithin((three?.at ?? 0) - (one?.at ?? 0), 3_000);
  });

  stage.it(
    'of every key gives the client 429 with the seconds until the earliest is back, and the upstream its peace',
    { keys: 2 },
    async (provider) => {
      provider.keyReplies(0, reply.rateLimited({ retryAfter: '40' }));
      provider.keyReplies(1, reply.rateLimited({ retryAfter: '20' }));
      expect((await provider.chat()).status).toBe(429);
      const answers = await Promise.all(Array.from({ length: 5 }, () => provider.chat()));
      for (const answer of answers) {
        expectRefusal(answer, 429, 'all_keys_cooling');
        const seconds = Number(answer.headers['retry-after']);
        expect(seconds).toBeGreaterThan(20 - LATE_MS_MAX / 1000);
        expect(seconds).toBeLessThanOrEqual(20);
      }
      expect(provider.requests()).toHaveLength(2);
    },
  );

  stage.it(
    'is told with the time of the earliest key, whose answer ever goes out',
    { keys: 3 },
    async (provider) => {
      const body = { error: { message: 'Rate  limit', code: 'rate_limit_exceeded' } };
      [20, 40, 40].forEach((seconds, key) => {
        provider.keyReplies(
          key,
          reply.json(429, body, { 'retry-after': String(seconds), 'retry-after-ms': `${seconds}000` }),
        );
      });
      const answer = await provider.chat();
      expect([answer.status, answer.text]).toEqual([429, JSON.stringify(body)]);
      expect(provider.requests()).toHaveLength(3);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(20 - LATE_MS_MAX / 1000);
      expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(20);
      expect(answer.headers['retry-after-ms']).toBeUndefined();
    },
  );

  stage.it('is told also where the upstream tells nothing', { keys: 1 }, async (provider) => {
    provider.replies(reply.rateLimited());
    const answer = await provider.chat();
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, String(COOLDOWN_SECONDS)]);
  });

  stage.it('ends by itself: a client that waits as told is served', { keys: 2 }, async (provider) => {
    const limited: Reply = reply.rateLimited({ retryAfter: '2' });
    provider.keyReplies(0, limited, reply.healthy);
    provider.keyReplies(1, limited, reply.healthy);
    await provider.chat();
    const told = Number((await provider.chat()).headers['retry-after']);
    const toldAt = Date.now();
    expect([1, 2]).toContain(told);
    await askUntil(provider, () => Date.now() >= toldAt + told * 1000);
    expect((await provider.chat()).status).toBe(200);
  });

  for (const [what, error] of [
    ['rate_limit_exceeded', { code: 'rate_limit_exceeded', message: 'slow down' }],
    ['429', { code: 429, message: 'slow down' }],
    ['RESOURCE_EXHAUSTED', { status: 'RESOURCE_EXHAUSTED', message: 'quota per minute' }],
  ] as const) {
    stage.it(
      `also comes from a stream that begins with an error event of ${what}`,
      { keys: 2, max_failures: 1 },
      async (provider) => {
        const headers = { 'retry-after': '60' };
        provider.keyReplies(0, reply.sse([`data: ${JSON.stringify({ error })}\n\n`], { headers }));
        const whole = chatStream(['Hello']).join('');
        provider.keyReplies(1, reply.sse([whole]));
        const answers = [];
        for (let time = 0; time < 4; time += 1) answers.push(await provider.stream());
        expect(answers.map(({ text }) => text)).toEqual(Array(4).fill(whole));
        expect(provider.asked().filter((key) => key === 0)).toHaveLength(1);
      },
    );
  }

  stage.it('is written down, so that it can outlive a restart', { keys: 1 }, async (provider) => {
    provider.replies(reply.rateLimited({ retryAfter: '600' }), reply.healthy);
    await provider.chat();
    const key = await provider.savedKey(0, ({ modelCooldowns }) => modelCooldowns !== '{}');
    const [[model, until] = []] = Object.entries(JSON.parse(key.modelCooldowns) as Record<string, number>);
    expect(model).toBe('gpt-test');
    expect(until).toBeGreaterThan(Date.now() + 500_000);
    expect(key).toMatchObject({ failures: 0, isDisabled: 0 });
  });
});
