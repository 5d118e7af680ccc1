import { expect, it, vi } from 'vitest';
import { StoreError } from '../../../../lib/store/store-error';
import { createUsageWriter } from '../../../../lib/store/write-behind/usage-writer';
import { usageOf } from '../../../../lib/store/usage/usage-delta';

const NOW = Date.UTC(2026, 0, 1);
const lostConnection = () =>
  new StoreError('database_failed', 'gone', Object.assign(new Error('gone'), { fatal: true }));

const delta = (model: string) =>
  usageOf({
    at: NOW,
    provider: 'a',
    model,
    status: 200,
    outcome: 'success',
    durationMs: 1,
    ttfbMs: null,
    promptTokens: null,
    cachedTokens: null,
    completionTokens: null,
    costNano: null,
  });

/** A database that answers each write as it is told to, and takes a receipt once. */
function database(answers: readonly ('done' | 'done, but not heard' | 'not done' | 'refused')[]) {
  const receipts = new Set<string | undefined>();
  const models: string[] = [];
  const left = [...answers];
  return {
    models,
    async add(rows: readonly { readonly model: string }[], receipt?: string) {
      const answer = left.shift() ?? 'done';
      if (answer === 'refused') throw new StoreError('database_failed', 'too long');
      if (answer !== 'not done' && !receipts.has(receipt)) models.push(...rows.map(({ model }) => model));
      if (answer !== 'not done') receipts.add(receipt);
      if (answer !== 'done') throw lostConnection();
    },
    async hasAdded(receipt: string) {
      if (left[0] === 'not done') throw lostConnection();
      return receipts.has(receipt);
    },
  };
}

it.each(['done, but not heard', 'not done'] as const)(
  'counts each row once when the connection breaks while it is written: %s',
  async (answer) => {
    const rollups = database([answer, answer]);
    const writer = createUsageWriter(rollups, () => NOW);
    const first = [delta('first')];
    await expect(writer.write(first)).rejects.toThrow();
    expect([writer.kept, writer.isKept(first)]).toEqual([1, true]);
    const second = [delta('second')];
    await expect(writer.write(second)).rejects.toThrow();
    expect(writer.isKept(second)).toBe(false);
    await writer.write(second);
    expect([rollups.models, writer.kept]).toEqual([['first', 'second'], 0]);
  },
);

it('keeps nothing that was certainly refused: the caller has it', async () => {
  const writer = createUsageWriter(database(['refused']), () => NOW);
  const rows = [delta('a')];
  await expect(writer.write(rows)).rejects.toThrow('too long');
  expect([writer.kept, writer.isKept(rows)]).toEqual([0, false]);
});

it('repeats what is kept when it is told to', async () => {
  const rollups = database(['not done']);
  const writer = createUsageWriter(rollups, () => NOW);
  await expect(writer.write([delta('a')])).rejects.toThrow();
  const giveBack = vi.fn();
  expect([await writer.settle(giveBack), await writer.settle(giveBack)]).toEqual([1, 0]);
  expect([rollups.models, writer.kept]).toEqual([['a'], 0]);
  expect(giveBack).not.toHaveBeenCalled();
});

it('gives back what was kept and is then refused, so that each row is tried by itself', async () => {
  const rollups = database(['not done', 'refused']);
  const writer = createUsageWriter(rollups, () => NOW);
  const rows = [delta('a'), delta('b')];
  await expect(writer.write(rows)).rejects.toThrow();
  const giveBack = vi.fn();
  expect(await writer.settle(giveBack)).toBe(0);
  expect(giveBack).toHaveBeenCalledExactlyOnceWith(rows);
  expect(writer.kept).toBe(0);
});

it('gives nothing back that was written after all, nor while nobody can say', async () => {
  const rollups = database(['done, but not heard', 'refused', 'not done']);
  const writer = createUsageWriter(rollups, () => NOW);
  await expect(writer.write([delta('a')])).rejects.toThrow();
  const giveBack = vi.fn();
  await expect(writer.settle(giveBack)).rejects.toThrow('gone');
  expect(writer.kept).toBe(1);
  await expect(writer.settle(giveBack)).rejects.toThrow('gone');
  expect(await writer.settle(giveBack)).toBe(1);
  expect([rollups.models, writer.kept]).toEqual([['a'], 0]);
  expect(giveBack).not.toHaveBeenCalled();
});
