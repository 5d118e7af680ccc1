import { describe, expect, it } from 'vitest';
import { TokenUsage } from '../../../../lib/store/write-behind/checkpoint-tokens';
import { NEVER_USED, type ClientTokenCounts } from '../../../../lib/store/client-token-row';
import type { ClientTokenUsage } from '../../../../lib/store/client-tokens';

const NOW = Date.UTC(2026, 0, 1);

/** A database that adds up what it is told, each receipt once; the hooks run in the middle of each write and read. */
function database({ writing = (): void => undefined, reading = (): void => undefined } = {}) {
  const counts = new Map<string, number>();
  const usedAt = new Map<string, number>();
  const receipts = new Set<string>();
  const state = { writes: 0, failsAfterWriting: 0, failsToRead: false, counts, usedAt };
  return {
    state,
    tokens: {
      async counts() {
        if (state.failsToRead) throw new Error('connection lost');
        const rows = [...counts].map(([id, requestCount]) => {
          return { ...NEVER_USED, id, requestCount, lastUsedAt: usedAt.get(id) ?? null };
        });
        await Promise.resolve();
        reading();
        return rows;
      },
      async addUsage(usages: readonly ClientTokenUsage[], receipt: string) {
        state.writes += 1;
        writing();
        if (!receipts.has(receipt)) {
          for (const { id, requests } of usages) counts.set(id, (counts.get(id) ?? 0) + requests);
        }
        receipts.add(receipt);
        if (state.failsAfterWriting > 0) {
          state.failsAfterWriting -= 1;
          throw new Error('connection lost');
        }
      },
    },
  };
}

function usageIn(
  tokens: ReturnType<typeof database>['tokens'],
  known: readonly Pick<ClientTokenCounts, 'id' | 'requestCount' | 'lastUsedAt'>[] = [],
) {
  const errors: unknown[] = [];
  const usage = new TokenUsage(
    tokens,
    known,
    () => NOW,
    (error) => errors.push(error),
  );
  return { usage, errors };
}

it('ends a write although the token is used on and on while it is written', async () => {
  const { state, tokens } = database({ writing: () => usage.used('busy') });
  const { usage } = usageIn(tokens);
  usage.used('busy');
  await usage.close();
  expect([state.writes, state.counts.get('busy'), usage.of('busy').requestCount]).toEqual([1, 1, 2]);
  await usage.close();
  expect([state.writes, state.counts.get('busy')]).toEqual([2, 2]);
});

it('writes all tokens, however many', async () => {
  const { state, tokens } = database();
  const { usage } = usageIn(tokens);
  for (let n = 0; n < 450; n += 1) usage.used(`token-${n}`);
  await usage.close();
  expect([state.writes, state.counts.size]).toEqual([3, 450]);
});

it('counts each use once when the answer to a write is lost, also what came meanwhile', async () => {
  const { state, tokens } = database();
  const { usage, errors } = usageIn(tokens);
  usage.used('a');
  state.failsAfterWriting = 1;
  await usage.close();
  usage.used('a');
  await usage.close();
  expect([state.counts.get('a'), errors.length]).toEqual([2, 1]);
});

describe('a token that others count too', () => {
  const of = (usage: TokenUsage) => Object.values(usage.of('a'));

  it('shows what all have written and what is not written here, each use once', async () => {
    let meanwhile: (() => void) | undefined;
    const reading = (): void => {
      const work = meanwhile;
      meanwhile = undefined;
      work?.();
    };
    const { state, tokens } = database({ reading });
    const { usage } = usageIn(tokens, [{ id: 'a', requestCount: 1, lastUsedAt: NOW - 1 }]);
    state.counts.set('a', 5);
    state.usedAt.set('a', NOW - 500);
    await usage.refresh();
    expect(of(usage)).toEqual([5, NOW - 1]);
    usage.used('a');
    let flushed: Promise<void> | undefined;
    meanwhile = () => {
      usage.used('a');
      flushed = usage.flush();
    };
    await usage.refresh();
    expect(of(usage)).toEqual([7, NOW]);
    await flushed;
    await usage.refresh();
    expect([...of(usage), state.counts.get('a')]).toEqual([7, NOW, 7]);
    state.usedAt.set('a', NOW + 1);
    await usage.refresh();
    expect(of(usage)).toEqual([7, NOW + 1]);
    await usage.close();
  });

  it('is written whenever it is read, so that looking at it puts no write off', async () => {
    const { state, tokens } = database();
    const { usage } = usageIn(tokens);
    usage.used('a');
    await usage.refresh();
    expect([...of(usage), state.counts.get('a')]).toEqual([1, NOW, 1]);
    await usage.close();
  });

  it('stays as it is while nobody knows what was written, and when nothing can be read', async () => {
    const { state, tokens } = database();
    const { usage, errors } = usageIn(tokens);
    usage.used('a');
    state.failsAfterWriting = 2;
    await usage.flush();
    state.counts.set('a', 4);
    await expect(usage.refresh()).rejects.toThrow('connection lost');
    expect(of(usage)).toEqual([1, NOW]);
    state.failsToRead = true;
    await expect(usage.refresh()).rejects.toThrow('connection lost');
    expect(of(usage)).toEqual([1, NOW]);
    state.failsToRead = false;
    await usage.refresh();
    expect([...of(usage), errors.length]).toEqual([4, NOW, 3]);
    await usage.close();
  });
});
