import { describe, expect, it } from 'vitest';
import type { AttentionItem, AttentionOf } from '../../../lib/admin/contract/stats';
import { incidentsOf } from '../../../lib/alerts/incident';
import { ALERT_RULES, type AlertRule } from '../../../lib/config/alert-rules';

const base = { severity: 'high', since: 1_000 } as const;
const groq = { provider: 'groq', providerName: 'Groq' };

function keys(given: Partial<AttentionOf<'keys'>>): AttentionItem {
  return {
    ...base,
    id: 'keys',
    kind: 'keys',
    ...groq,
    state: 'disabled',
    status: 401,
    count: 1,
    of: 10,
    disabled: 0,
    model: null,
    models: 0,
    nextBackAt: null,
    reason: null,
    ...given,
  };
}

const provider: AttentionItem = {
  ...base,
  id: 'provider:groq',
  kind: 'provider',
  ...groq,
  answer: 'status',
  status: 503,
  detail: null,
  helped: 0,
  helper: null,
  failed: 3,
};
const failing: AttentionItem = {
  ...base,
  id: 'failing:groq',
  kind: 'failing',
  ...groq,
  attempts: 10,
  failed: 5,
  answer: 'status',
  status: 500,
  model: null,
};
const budget = (percent: number): AttentionItem => ({
  ...base,
  id: 'budget:1',
  kind: 'budget',
  tokenId: '1',
  name: 'laptop',
  percent,
  unit: 'usd',
  spent: percent / 10,
  amount: 10,
});

function told(
  items: readonly AttentionItem[],
  rules: readonly AlertRule[] = ALERT_RULES,
  keysLowPercent = 20,
) {
  return incidentsOf(items, { rules, keysLowPercent })
    .filter(({ isCovered }) => !isCovered)
    .map(({ key, level }) => (level === 1 ? key : `${key} ${level}`));
}

describe('rules', () => {
  it('choose what of the list is told', () => {
    const items = [provider, budget(85)];
    expect(told(items)).toEqual(['provider_down:groq', 'budget:1 80']);
    expect(told(items, ['budget'])).toEqual(['budget:1 80']);
    expect(told(items, [])).toEqual([]);
  });

  it('tell a budget at 80 % and when all of it is spent', () => {
    expect(told([budget(99)])).toEqual(['budget:1 80']);
    expect(told([budget(100)])).toEqual(['budget:1 100']);
    expect(told([budget(130)])).toEqual(['budget:1 100']);
  });

  it('tell that no key is left, however the keys are out', () => {
    expect(told([keys({ state: 'none_left', count: 10 })])).toEqual(['keys_out:groq']);
    expect(told([keys({ count: 10 })])).toEqual(['keys_out:groq']);
    expect(told([keys({ state: 'resting', count: 10 })])).toEqual(['keys_out:groq']);
    expect(told([keys({ state: 'resting', count: 10, model: 'gpt-4o', models: 1 })])).toEqual([]);
    expect(told([keys({ state: 'failing', count: 10 })])).toEqual([]);
  });

  it('tell that fewer than so many per cent of the keys are left', () => {
    const out = (count: number) => [keys({ count: 1 }), keys({ state: 'resting', count: count - 1 })];
    expect(told(out(8))).toEqual([]);
    expect(told(out(9))).toEqual(['keys_low:groq']);
    expect(told(out(8), ALERT_RULES, 21)).toEqual(['keys_low:groq']);
    expect(told([keys({ count: 10 })], ['keys_low'])).toEqual(['keys_low:groq']);
  });

  it('tell a share of errors once, and not while the provider is out', () => {
    const model: AttentionItem = {
      ...base,
      id: 'model:groq:a',
      kind: 'model',
      ...groq,
      model: 'a',
      models: 1,
      status: 500,
    };
    expect(told([failing, model])).toEqual(['error_share:groq']);
    const items = incidentsOf([provider], { rules: ALERT_RULES, keysLowPercent: 20 });
    expect(told([provider], ['error_share'])).toEqual(['error_share:groq']);
    expect(items).toMatchObject([
      { key: 'provider_down:groq', isCovered: false },
      { key: 'error_share:groq', isCovered: true },
    ]);
  });

  it('tell proxies, and trouble of the program itself', () => {
    const fate = { keys: 1, stranded: 0 };
    expect(
      told([
        {
          ...base,
          ...fate,
          id: 'proxy:7',
          kind: 'proxy',
          proxyId: '7',
          address: 'http://a',
          trouble: 'unreachable',
          detail: null,
          through: null,
        },
        { ...base, ...fate, id: 'proxies', kind: 'proxies', count: 6, of: 7 },
        { ...base, id: 'shortage:disk', kind: 'shortage', of: 'disk' },
        { ...base, id: 'alone', kind: 'alone', reason: 'ECONNREFUSED' },
        { ...base, id: 'waiting:groq', kind: 'waiting', ...groq, count: 3 },
      ]),
    ).toEqual(['proxy_down:id:7', 'proxy_down:all', 'trouble:shortage:disk', 'trouble:alone']);
  });
});
