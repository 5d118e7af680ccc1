import { expect, it } from 'vitest';
import { attention } from '../../../../lib/admin/stats/attention';
import { keyNamed, world } from '../support';

it('groups what is wrong by the last error, with reasons only from providers, and leaves out what a person did', async () => {
  const { context, pool, clock } = await world({
    API_KEYS: ['a', 'b', 'c', 'd', 'e', 'f'].map(keyNamed).join(','),
  });
  const [first, second, resting, failing, byHand] = pool('default').keys;
  const rejected = { failures: 3, lastErrorStatus: 401, lastErrorAt: clock.now - 5 };
  Object.assign(first ?? {}, rejected, { disabled: { by: 'auto', reason: '401 invalid key' } });
  Object.assign(second ?? {}, rejected, { disabled: { by: 'auto', reason: '401 invalid key' } });
  Object.assign(resting ?? {}, { lastErrorStatus: 429, cooldown: { until: clock.now + 1_000, streak: 1 } });
  Object.assign(failing ?? {}, { failures: 1, lastErrorStatus: 401, lastErrorAt: clock.now });
  Object.assign(byHand ?? {}, { failures: 2, disabled: { by: 'manual', reason: 'disabled by hand' } });

  const { items } = await attention(context);
  expect(items).toMatchObject([
    { errorStatus: 401, count: 3, disabled: 2, cooling: 0, lastErrorAt: clock.now },
    { errorStatus: 429, count: 1, disabled: 0, cooling: 1 },
  ]);
  expect(items.map(({ reasons }) => reasons)).toEqual([[{ reason: '401 invalid key', count: 2 }], []]);
});
