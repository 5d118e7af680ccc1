import { expect, it } from 'vitest';
import { TOKENS_MAX } from '../../../../lib/admin/contract/tokens';
import { tokenWork, type TokenParts } from '../../../../lib/admin/moving-in/token-work';
import { PlanBuilder } from '../../../../lib/moving-in/plan-builder';
import { Remarks } from '../../../../lib/moving-in/remarks';
import type { NewToken } from '../../../../lib/moving-in/token-book';

function work(tokens: readonly Partial<NewToken>[], parts: Partial<TokenParts> = {}) {
  const { tokens: book, ...builder } = new PlanBuilder();
  tokens.forEach((token, index) => book.add({ name: `t${index}`, value: `sk-client-${index}`, ...token }));
  const remarks = new Remarks();
  const slugs = new Map([['1', 'openai']]);
  const usual = { slugs, values: new Set<string>(), count: 0, zone: 'UTC', now: 0, remarks };
  return {
    ...tokenWork(book.list(), { ...usual, ...parts }),
    told: [...builder.remarks.list(), ...remarks.list()],
  };
}

it('makes tokens with all of their rules, by the slugs that providers have here', () => {
  const { fresh } = work([
    {
      isEnabled: false,
      expiresAt: 5_000,
      models: ['gpt-4o*'],
      patterns: ['gpt-4o*'],
      providers: ['1'],
      allowedIps: ['10.0.0.0/8'],
      limits: { requestsPerMinute: 60 },
      budget: { amount: 2.5, unit: 'usd', period: 'total' },
      note: 'of team a',
    },
  ]);
  expect(fresh).toMatchObject([
    {
      name: 't0',
      value: 'sk-client-0',
      period: 'total',
      settings: {
        isEnabled: false,
        expiresAt: 5_000,
        note: 'of team a',
        rules: {
          models: ['gpt-4o*'],
          providers: ['openai'],
          allowedIps: ['10.0.0.0/8'],
          limits: { requestsPerMinute: 60 },
          budget: { amount: 2.5, unit: 'usd', period: 'total' },
        },
      },
    },
  ]);
});

it('makes none twice, and none without its rules', () => {
  const { fresh, known, told } = work([{}, {}, { budget: { amount: -1, unit: 'usd', period: 'day' } }], {
    values: new Set(['sk-client-0']),
  });
  expect([fresh.map(({ name }) => name), known]).toEqual([['t1'], 1]);
  expect(told).toEqual([
    { text: 'client token left out: one of its rules is not allowed here', count: 1, items: ['t2'] },
  ]);
});

it('makes as many as there can be', () => {
  const { fresh, told } = work([{}, {}, {}], { count: TOKENS_MAX - 1 });
  expect([fresh.length, told[0]?.count]).toEqual([1, 2]);
});
