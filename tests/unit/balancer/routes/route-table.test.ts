import { describe, expect, it } from 'vitest';
import type { ModelRoute } from '../../../../lib/balancer/routes/model-route';
import { RouteTable } from '../../../../lib/balancer/routes/route-table';

const route = (name: string): ModelRoute => ({
  name,
  targets: [{ provider: name, weight: 1, tier: 1 }],
  on: ['unavailable'],
});

describe('a table of routes', () => {
  const table = new RouteTable(['gpt-*', 'a*b*c', 'gpt-4', '*:free', 'x*x'].map(route));

  it.each([
    ['gpt-4', 'gpt-4'],
    ['gpt-', 'gpt-*'],
    ['gpt-5:free', 'gpt-*'],
    ['m:free', '*:free'],
    ['abc', 'a*b*c'],
    ['a1b2b3c', 'a*b*c'],
    ['xx', 'x*x'],
    ['acb', undefined],
    ['x', undefined],
    ['GPT-4', undefined],
    ['', undefined],
  ])('has for %j the route %j', (name, found) => {
    expect(table.find(name)?.route.name).toBe(found);
  });

  it('lists exact names alone', () => {});

  it('has the tiers of a route in order, whatever the order of its targets', () => {
    const target = (tier: number) => ({ provider: 'p', model: `m${tier}`, weight: 1, tier });
    const tiers = new RouteTable([{ ...route('t'), targets: [target(5), target(1), target(5)] }]).find(
      't',
    )?.tiers;
    expect(tiers?.map(({ targets }) => targets)).toEqual([[1], [0, 2]]);
  });

  it('looks for a long name in a pattern of many stars without delay', () => {
    const many = new RouteTable([route(`${'*a'.repeat(10)}*b`)]);
    expect(many.find('a'.repeat(200_000))).toBeUndefined();
  });
});
