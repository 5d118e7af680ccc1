import { expect, it } from 'vitest';
import { TokenUsage } from '../../../../lib/store/write-behind/checkpoint-tokens';
import type { ClientTokenUsage } from '../../../../lib/store/client-tokens';

const NOW = Date.UTC(2026, 0, 1);

/** A database that adds up what it is told, each receipt once; `during` runs in the middle of each write. */
function database(during: () => void = () => undefined) {
  const counts = new Map<string, number>();
  const receipts = new Set<string>();
  const state = { writes: 0, failsAfterWriting: 0, counts };
  return {
    state,
    tokens: {
      async addUsage(usages: readonly ClientTokenUsage[], receipt: string) {
        state.writes += 1;
        during();
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

it('ends a write although the token is used on and on while it is written', async () => {
  const { state, tokens } = database(() => usage.used('busy'));
  const usage: TokenUsage = new TokenUsage(
    tokens,
    [],
    () => NOW,
    () => undefined,
  );
  usage.used('busy');
  await usage.close();
  expect([state.writes, state.counts.get('busy'), usage.of('busy').requestCount]).toEqual([1, 1, 2]);
  await usage.close();
  expect([state.writes, state.counts.get('busy')]).toEqual([2, 2]);
});

it('writes all tokens, however many', async () => {
  const { state, tokens } = database();
  const usage = new TokenUsage(
    tokens,
    [],
    () => NOW,
    () => undefined,
  );
  for (let n = 0; n < 450; n += 1) usage.used(`token-${n}`);
  await usage.close();
  expect([state.writes, state.counts.size]).toEqual([3, 450]);
});

it('counts each use once when the answer to a write is lost, also what came meanwhile', async () => {
  const { state, tokens } = database();
  const errors: unknown[] = [];
  const usage = new TokenUsage(
    tokens,
    [],
    () => NOW,
    (error) => errors.push(error),
  );
  usage.used('a');
  state.failsAfterWriting = 1;
  await usage.close();
  usage.used('a');
  await usage.close();
  expect([state.counts.get('a'), errors.length]).toEqual([2, 1]);
});
