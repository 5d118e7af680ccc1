import { expect, it } from 'vitest';
import { routeWork } from '../../../../lib/admin/moving-in/route-work';
import { parseSetting } from '../../../../lib/config/settings';
import type { MovedRoute } from '../../../../lib/moving-in/plan';
import { Remarks } from '../../../../lib/moving-in/remarks';

const SLUGS = new Map([
  ['1', 'openai'],
  ['2', 'azure-2'],
]);

const planned = (name: string, model: string | null = null): MovedRoute => ({
  name,
  targets: [
    { provider: '1', model: null, weight: 3, tier: 1 },
    { provider: '2', model, weight: 1, tier: 2 },
  ],
  on: ['unavailable'],
});

/** What MODEL_ROUTES is when a text has been read. */
function routesIn(setting: string | undefined) {
  const read = parseSetting('MODEL_ROUTES', setting ?? '[]');
  return read.ok ? read.value : [];
}

function work(routes: readonly MovedRoute[], present: ReturnType<typeof routesIn> = []) {
  const remarks = new Remarks();
  return { ...routeWork(routes, { slugs: SLUGS, present, remarks }), remarks: remarks.list() };
}

it('puts new routes behind those that are here, by the slugs that providers have here', () => {
  const present = routesIn('[{"name":"own","targets":["openai"]}]');
  const { setting, fresh, known } = work([planned('gpt-4o', 'dep-4o')], present);
  expect([fresh, known]).toEqual([1, 0]);
  expect(routesIn(setting)).toEqual([
    ...present,
    {
      name: 'gpt-4o',
      targets: [
        { provider: 'openai', weight: 3, tier: 1 },
        { provider: 'azure-2', model: 'dep-4o', weight: 1, tier: 2 },
      ],
      on: ['unavailable'],
    },
  ]);
});

it('writes nothing twice, and leaves a route of the same name as it is', () => {
  const { setting } = work([planned('a'), planned('b')]);
  const again = work([planned('a'), planned('b', 'another')], routesIn(setting));
  expect(again).toMatchObject({ fresh: 0, known: 2, setting: undefined });
  expect(again.remarks).toEqual([
    {
      text: 'route of this name is here already with other targets: it stays as it is',
      count: 1,
      items: ['b'],
    },
  ]);
});

it('leaves out what MODEL_ROUTES does not take, and says so', () => {
  const many = Array.from({ length: 1_001 }, (_, index) => planned(`m${index}`));
  const { fresh, remarks } = work([planned('*'.repeat(12)), ...many]);
  expect(fresh).toBe(1_000);
  expect(remarks.map(({ text }) => text)).toEqual([
    'route left out: its name or a name in it is none for a model',
    'route left out: there can be 1000',
  ]);
});
