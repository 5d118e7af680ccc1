import { expect, it } from 'vitest';
import { DISK, Troubles } from '../../../lib/process/troubles';
import { ShortageWatch } from '../../../lib/runtime/shortage-watch';

function watched() {
  const clock = { now: 1_000 };
  const database = { isOut: false };
  const troubles = new Troubles(() => clock.now, { warn: () => undefined, info: () => undefined });
  const watch = new ShortageWatch({
    ping: () => (database.isOut ? Promise.reject(new Error('away')) : Promise.resolve()),
    troubles,
    now: () => clock.now,
  });
  return { clock, database, troubles, watch };
}

it('what the process lacks is told since it was first seen, and no longer than it lasts', () => {
  const { clock, troubles, watch } = watched();
  expect(watch.current).toEqual([]);
  troubles.began(DISK);
  troubles.began('memory');
  expect(watch.current).toEqual([
    { of: 'disk', since: 1_000 },
    { of: 'memory', since: 1_000 },
  ]);
  clock.now = 9_000;
  troubles.over('memory');
  expect(watch.current).toEqual([{ of: 'disk', since: 1_000 }]);
  troubles.over(DISK);
  expect(watch.current).toEqual([]);
});

it('a database that does not answer is told until it does', async () => {
  const { clock, database, watch } = watched();
  await watch.look();
  expect(watch.current).toEqual([]);
  database.isOut = true;
  await watch.look();
  expect(watch.isDatabaseOut).toBe(true);
  expect(watch.current).toEqual([{ of: 'database', since: 1_000 }]);
  clock.now = 5_000;
  await watch.look();
  expect(watch.current).toEqual([{ of: 'database', since: 1_000 }]);
  database.isOut = false;
  await watch.look();
  expect(watch.current).toEqual([]);
});
