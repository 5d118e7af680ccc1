import { expect } from 'vitest';
import { chatChunk, reply } from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { ask, open } from './ask';
import { ADMIN_TOKEN, inEveryFace } from './faces';
import { Stage } from './stage';
import type { StagedProvider } from './staged-provider';

/** How often each key was asked. */
function counts(provider: StagedProvider, from = 0): number[] {
  const asked = provider.asked().slice(from);
  return provider.keys.map((_, key) => asked.filter((other) => other === key).length);
}

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
};

function leftOf1000(requests: number): Record<string, string> {
  return {
    'x-ratelimit-limit-requests': '1000',
    'x-ratelimit-remaining-requests': String(requests),
    'x-ratelimit-reset-requests': '60s',
  };
}

/** Streams that stay open, and the way to end them. */
async function openStreams(provider: StagedProvider, count: number): Promise<() => Promise<void>> {
  provider.replies(reply.sseStallAfter([chatChunk('Hello')]));
  const path = `/${provider.slug}/v1/chat/completions`;
  const opening = Array.from({ length: count }, () =>
    open(provider.server, path, { body: provider.chatBody({ stream: true }) }),
  );
  const streams = await Promise.all(opening);
  provider.replies(reply.healthy);
  const held = provider.requests().slice(-count);
  return async () => {
    for (const stream of streams) stream.destroy();
    await Promise.all(held.map(({ closed }) => closed));
  };
}

inEveryFace('the selection policy', (start) => {
  const stage = new Stage(start);

  stage.it(
    'is headroom unless told otherwise: equal keys are served in turn',
    { keys: 3 },
    async (provider) => {
      await provider.chatTimes(9);
      expect(counts(provider)).toEqual([3, 3, 3]);
      for (let round = 0; round < 9; round += 3) {
        expect(new Set(provider.asked().slice(round, round + 3)).size).toBe(3);
      }
    },
  );

  stage.it('headroom spares the key that tells of the least left', { keys: 3 }, async (provider) => {
    for (const [key, left] of [900, 2, 900].entries()) {
      provider.keyReplies(key, reply.json(200, ANSWER, leftOf1000(left)));
    }
    await provider.chatTimes(9);
    expect(counts(provider)).toEqual([4, 1, 4]);
  });

  stage.it('headroom gives open streams a key each', { keys: 3 }, async (provider) => {
    const close = await openStreams(provider, 6);
    expect(counts(provider)).toEqual([2, 2, 2]);
    await close();
  });

  stage.it(
    'round_robin gives every key the same',
    { keys: 4, selection_policy: 'round_robin' },
    async (provider) => {
      await provider.chatTimes(20);
      expect(counts(provider)).toEqual([5, 5, 5, 5]);
      expect(new Set(provider.asked().slice(0, 4)).size).toBe(4);
    },
  );

  stage.it(
    'round_robin is even for simultaneous requests too',
    { keys: 4, selection_policy: 'round_robin' },
    async (provider) => {
      await Promise.all(Array.from({ length: 40 }, () => provider.chat()));
      expect(counts(provider)).toEqual([10, 10, 10, 10]);
    },
  );

  stage.it(
    'round_robin shares the part of a resting key among the others',
    { keys: 3, selection_policy: 'round_robin' },
    async (provider) => {
      provider.keyReplies(0, reply.rateLimited({ retryAfter: '60' }));
      await provider.chatTimes(3);
      const before = provider.requests().length;
      await provider.chatTimes(10);
      expect(counts(provider, before)).toEqual([0, 5, 5]);
    },
  );

  const sticky = { keys: 5, selection_policy: 'sticky' } as const;

  for (const field of ['user', 'prompt_cache_key']) {
    stage.it(`sticky keeps one key for one ${field}, and spreads many`, sticky, async (provider) => {
      for (let person = 0; person < 30; person += 1) {
        const before = provider.requests().length;
        await provider.chatTimes(3, { [field]: `person-${person}` });
        expect(new Set(provider.asked().slice(before)).size).toBe(1);
      }
      expect(counts(provider).filter((count) => count > 0).length).toBeGreaterThanOrEqual(3);
    });
  }

  stage.it('sticky keeps one key for one client token where no user is named', sticky, async (provider) => {
    await provider.chatTimes(5);
    const path = `/${provider.slug}/v1/chat/completions`;
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    for (let time = 0; time < 5; time += 1) {
      await ask(provider.server, path, { body: provider.chatBody(), headers });
    }
    expect(new Set(provider.asked().slice(0, 5)).size).toBe(1);
    expect(new Set(provider.asked().slice(5)).size).toBe(1);
  });

  stage.it(
    'sticky goes to one other key while its own rests, and then comes back',
    { ...sticky, waits: true },
    async (provider) => {
      await provider.chat({ user: 'u' });
      const [home = 0] = provider.asked();
      provider.keyReplies(home, reply.rateLimited({ headers: { 'retry-after-ms': '1500' } }), reply.healthy);
      await provider.chatTimes(4, { user: 'u' });
      const away = provider.asked().slice(2);
      expect(away).toHaveLength(4);
      expect(new Set(away).size).toBe(1);
      expect(away).not.toContain(home);
      await waitFor(
        async () => {
          await provider.chat({ user: 'u' });
          return provider.asked().at(-1) === home;
        },
        { what: 'the return to the key' },
      );
    },
  );

  stage.it(
    'weighted follows the weights, roughly',
    { keys: [1, 3, 6], selection_policy: 'weighted' },
    async (provider) => {
      for (let round = 0; round < 10; round += 1) {
        await Promise.all(Array.from({ length: 20 }, () => provider.chat()));
      }
      const [one = 0, three = 0, six = 0] = counts(provider);
      expect(one + three + six).toBe(200);
      // Expected 20, 60 and 120; each bound is more than five standard deviations away.
      expect(one).toBeLessThan(45);
      expect(three).toBeGreaterThan(25);
      expect(three).toBeLessThan(95);
      expect(six).toBeGreaterThan(80);
    },
  );

  const leastInFlight = { keys: 3, selection_policy: 'least_in_flight' } as const;

  stage.it('least_in_flight gives open streams a key each', leastInFlight, async (provider) => {
    const close = await openStreams(provider, 6);
    expect(counts(provider)).toEqual([2, 2, 2]);
    await close();
  });

  stage.it('least_in_flight keeps away from the busy key', leastInFlight, async (provider) => {
    const close = await openStreams(provider, 1);
    const [busy = 0] = provider.asked();
    await provider.chatTimes(10);
    expect(counts(provider, 1)[busy]).toBe(0);
    expect(counts(provider, 1).reduce((sum, count) => sum + count)).toBe(10);

    await close();
    const before = provider.requests().length;
    await waitFor(
      async () => {
        await provider.chat();
        return (counts(provider, before)[busy] ?? 0) > 0;
      },
      { what: 'the key to be used again once its stream has ended' },
    );
  });
});

inEveryFace('SELECTION_POLICY', (start) => {
  const stage = new Stage(start, { SELECTION_POLICY: 'sticky' });

  stage.it('holds for providers that name no policy', { keys: 6 }, async (provider) => {
    await provider.chatTimes(8, { user: 'u' });
    expect(new Set(provider.asked()).size).toBe(1);
  });

  stage.it("yields to a provider's own", { keys: 4, selection_policy: 'round_robin' }, async (provider) => {
    await provider.chatTimes(8, { user: 'u' });
    expect(counts(provider)).toEqual([2, 2, 2, 2]);
  });
});
