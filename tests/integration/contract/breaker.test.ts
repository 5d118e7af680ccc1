import { expect } from 'vitest';
import { chatCompletion, reply, type Reply } from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { askUntil } from './ask-until';
import { inBothModes } from './faces';
import { expectRefusal } from './refusal';
import { Stage } from './stage';
import type { StagedProvider } from './staged-provider';

const isRefused = (answer: { readonly text: string }): boolean =>
  answer.text.includes('"provider_unavailable"');
const isServed = ({ status }: { readonly status: number }): boolean => status === 200;

/** Resolves when the breaker is open; the next requests do not reach the upstream. */
async function openBreaker(provider: StagedProvider, failure: Reply = reply.error(500)): Promise<void> {
  provider.replies(failure);
  await askUntil(provider, isRefused);
}

inBothModes('the breaker of a provider', (start) => {
  const stage = new Stage(start);

  const outages: Record<string, Reply> = {
    'server errors': reply.error(500),
    overload: reply.error(529),
    'lost connections': reply.resetBeforeHeaders(),
    silence: reply.stall(),
    'empty streams': reply.emptySse(),
    'broken streams': reply.cutAfter(['data: {}\n\n']),
  };
  for (const [what, failure] of Object.entries(outages)) {
    stage.it(
      `opens after many of ${what}, spares the upstream, and closes by itself when that is well again`,
      { keys: 2, max_failures: 1, timeout: what === 'silence' ? 0.5 : 300 },
      async (provider) => {
        await openBreaker(provider, failure);
        const asked = provider.requests().length;
        expect(asked).toBeGreaterThanOrEqual(5);
        expect(asked).toBeLessThan(20);

        // Not a single probe more than the breaker's rests allow: 1, 2, 4, 4 ... seconds.
        const answers = await Promise.all(Array.from({ length: 20 }, () => provider.chat()));
        expect(answers.filter(isRefused).length).toBeGreaterThanOrEqual(19);

        provider.replies(reply.healthy);
        await askUntil(provider, isServed);
        await askUntil(provider, isServed);
        const after = await Promise.all(Array.from({ length: 20 }, () => provider.chat()));
        expect(after.every(isServed)).toBe(true);
        expect(new Set(provider.asked().slice(-20))).toEqual(new Set([0, 1]));
      },
    );
  }

  stage.it(
    'opens after refused connections and closes when they succeed',
    { keys: 2, isDown: true },
    async (provider) => {
      await askUntil(provider, isRefused);
      await provider.upstream.accept();
      await askUntil(provider, isServed);
      expect(isServed(await provider.chat())).toBe(true);
    },
  );

  stage.it('while open tells the client why, and when to come back', { keys: 2 }, async (provider) => {
    provider.replies(reply.error(503));
    const answer = await askUntil(provider, isRefused);
    expectRefusal(answer, 503, 'provider_unavailable');
    expect(answer.text).toContain('503');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(5);
  });

  stage.it(
    'lets a single half-open probe through, and everything once that has succeeded',
    { keys: 2 },
    async (provider) => {
      await openBreaker(provider);
      const asked = provider.requests().length;
      let release: () => void = () => undefined;
      const isReleased = new Promise<void>((resolve) => (release = resolve));
      provider.replies(reply.slowHeaders(isReleased));

      const trials: Promise<unknown>[] = [];
      await waitFor(
        () => {
          trials.push(provider.chat());
          return provider.requests().length > asked;
        },
        { what: 'the probe' },
      );
      const others = await Promise.all(Array.from({ length: 10 }, () => provider.chat()));
      expect(others.every(isRefused)).toBe(true);
      expect(provider.requests()).toHaveLength(asked + 1);

      release();
      await Promise.all(trials);
      const after = await Promise.all(Array.from({ length: 10 }, () => provider.chat()));
      expect(after.every(isServed)).toBe(true);
    },
  );

  stage.it('opens again after a failed probe', { keys: 2 }, async (provider) => {
    await openBreaker(provider);
    const asked = provider.requests().length;
    await askUntil(provider, () => provider.requests().length > asked);
    await askUntil(provider, isRefused);
    const answers = await provider.chatTimes(5);
    expect(answers.filter(isRefused).length).toBeGreaterThanOrEqual(4);
  });

  stage.it(
    'stays closed when large requests alone are reset: another client is served as before',
    { keys: 3, max_failures: 1 },
    async (provider) => {
      await provider.chat();
      provider.replies(reply.resetBeforeHeaders());
      for (let i = 0; i < 12; i += 1) {
        const asked = provider.requests().length;
        expectRefusal(await provider.chat({ user: 'x'.repeat(200_000) }), 502, 'upstream_connection_lost');
        expect(provider.requests()).toHaveLength(asked + 2);
      }
      provider.replies(reply.healthy);
      expect((await provider.chatTimes(9)).every(isServed)).toBe(true);
      expect(new Set(provider.asked().slice(-9))).toEqual(new Set([0, 1, 2]));
    },
  );

  stage.it('stays closed while successes come between', { keys: 2, max_retries: 0 }, async (provider) => {
    const bad = reply.error(500);
    for (let round = 0; round < 12; round += 1) {
      provider.replies(bad, bad, bad, bad, reply.healthy);
      expect((await provider.chatTimes(5)).map(({ status }) => status)).toEqual([500, 500, 500, 500, 200]);
    }
  });

  const harmless: Record<string, Reply> = {
    'what clients do wrong': reply.error(400),
    'rate limits': reply.rateLimited({ headers: { 'retry-after-ms': '1' } }),
    'a key without rights': reply.error(403),
  };
  for (const [what, answer] of Object.entries(harmless)) {
    stage.it(
      `does not open for ${what}`,
      { keys: 2, max_failures: 1000, max_retries: 0 },
      async (provider) => {
        provider.replies(answer);
        for (let time = 0; time < 20; time += 1) expect(isRefused(await provider.chat())).toBe(false);
        provider.replies(reply.healthy);
        await askUntil(provider, isServed);
      },
    );
  }

  stage.itAmong(
    'is its own: other providers go on',
    { broken: { keys: 1 }, well: { keys: 1 } },
    async ({ broken, well }) => {
      await openBreaker(broken);
      expect((await well.chatTimes(5)).every(isServed)).toBe(true);
    },
  );
});

inBothModes('several keys that fail alike', (start) => {
  const stage = new Stage(start, { MAX_FAILURES: 1 });

  stage.it(
    'have a common cause if three requests have met it: no key is disabled, the provider rests, and the log says why',
    { keys: 4, max_failures: 3 },
    async (provider) => {
      provider.replies(reply.error(401, { message: 'Keys are not checked now', code: 'invalid_api_key' }));
      const first = await provider.chat();
      expect(first.status).toBe(401);
      expect(first.json()).toMatchObject({ error: { code: 'invalid_api_key' } });
      expect(new Set(provider.asked())).toEqual(new Set([0, 1, 2, 3]));

      const next = await askUntil(provider, ({ status }) => status === 503);
      expect(next.json()).toMatchObject({
        error: {
          code: 'provider_unavailable',
          message: expect.stringMatching(/several keys failed alike.*Keys are not checked now/) as string,
        },
      });
      await waitFor(() => lines(stage, provider).some(({ msg }) => /not the keys/.test(String(msg))), {
        what: 'the log line',
      });
      const line = lines(stage, provider).find(({ msg }) => /not the keys/.test(String(msg)));
      expect(line?.['reason']).toMatch(/several keys failed alike: 401 .*Keys are not checked now/);

      provider.replies(reply.healthy);
      await askUntil(provider, isServed);
      const asked = provider.requests().length;
      await provider.chatTimes(8);
      expect(new Set(provider.asked().slice(asked))).toEqual(new Set([0, 1, 2, 3]));
      for (const index of provider.keys.keys()) {
        const key = await provider.savedKey(index, ({ lastUsedAt }) => lastUsedAt !== null);
        expect(key).toMatchObject({ isDisabled: 0, failures: 0 });
      }
    },
  );

  stage.it('over and over, are never disabled for it', { keys: 4 }, async (provider) => {
    provider.replies(reply.error(401, { message: 'auth service down' }));
    await askUntil(provider, () => provider.requests().length >= 5);
    provider.replies(reply.healthy);
    await askUntil(provider, isServed);
    const before = provider.requests().length;
    expect((await provider.chatTimes(8)).every(isServed)).toBe(true);
    expect(new Set(provider.asked().slice(before))).toEqual(new Set([0, 1, 2, 3]));
  });

  for (const [dead, good] of [
    [2, 2],
    [3, 3],
    [3, 5],
    [2, 8],
  ] as const) {
    stage.it(
      `${dead} of them beside ${good} good ones end disabled, while every request of a client succeeds`,
      { keys: dead + good },
      async (provider) => {
        for (let key = 0; key < dead; key += 1)
          provider.keyReplies(key, reply.error(401, { message: 'revoked', code: 'invalid_api_key' }));
        const answers = [...(await provider.chatTimes(15))];
        answers.push(...(await Promise.all(Array.from({ length: 15 }, () => provider.chat()))));
        expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
        expect(answers[0]?.json()).toEqual(chatCompletion());

        for (let key = 0; key < dead; key += 1) {
          const saved = await provider.savedKey(key, ({ isDisabled }) => isDisabled === 1);
          expect(saved.reason).toContain('revoked');
          expect(provider.asked().filter((asked) => asked === key)).toHaveLength(1);
        }
        for (let key = dead; key < dead + good; key += 1) {
          await expect(provider.savedKey(key, () => true)).resolves.toMatchObject({ isDisabled: 0 });
        }
      },
    );
  }
});

/** What the program has logged of this provider. */
function lines(stage: Stage, provider: StagedProvider): Record<string, unknown>[] {
  return stage.server
    .stdout()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['provider'] === provider.slug);
}
