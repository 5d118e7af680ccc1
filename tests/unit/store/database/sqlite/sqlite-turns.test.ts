import { expect, it } from 'vitest';
import { SqliteTurns } from '../../../../../lib/store/database/sqlite/sqlite-turns';

/** A database that another process may hold. */
function world() {
  const state = { now: 0, isHeld: true, done: [] as string[] };
  const turns = new SqliteTurns(() => state.now);
  const take = (what: string) => async () => {
    if (state.isHeld) throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });
    state.done.push(what);
  };
  return { state, turns, take };
}

it('lets reads through while another process blocks a write, and keeps the writes in order', async () => {
  const { state, turns, take } = world();
  const writes = [turns.write('several', take('first')), turns.write('several', take('second'))];
  for (let i = 0; i < 20; i++) await turns.read('several', () => state.done.push('read'));
  expect(state.done).toHaveLength(20);
  state.isHeld = false;
  await Promise.all(writes);
  expect(state.done.slice(20)).toEqual(['first', 'second']);
});

it('never lets two calls onto the connections at once', async () => {
  const { turns } = world();
  let inside = 0;
  const work = async () => {
    expect((inside += 1)).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
  };
  await Promise.all([
    turns.write('several', work),
    turns.read('several', work),
    turns.write('several', work),
    turns.read('several', work),
  ]);
});

it('a write that fails for its own sake does not stop the next one', async () => {
  const { turns } = world();
  const refused = turns.write('several', () => Promise.reject(new Error('no such table')));
  await expect(refused).rejects.toThrow('no such table');
  expect(await turns.write('several', () => 'written')).toBe('written');
});

it('tells for how long writes have been blocked, also when nobody has tried one', async () => {
  const { state, turns, take } = world();
  expect(await turns.blockedMs(take('try'))).toBe(0);
  state.now = 6_000;
  expect(await turns.blockedMs(take('try'))).toBe(6_000);
  state.isHeld = false;
  expect(await turns.blockedMs(take('try'))).toBe(0);
  state.isHeld = true;
  state.now = 9_000;
  expect(await turns.blockedMs(take('try'))).toBe(0);
});

it('does not ask for the write lock while this process is on the connections', async () => {
  const { turns, take } = world();
  await turns.read('several', async () => {
    expect(await turns.blockedMs(take('try'))).toBe(0);
  });
});

it('knows that the database is free again while others read', async () => {
  const { state, turns, take } = world();
  expect(await turns.blockedMs(take('try'))).toBe(0);
  state.now = 6_000;
  state.isHeld = false;
  await turns.read('one', async () => expect(await turns.blockedMs(take('try'))).toBe(0));
  state.isHeld = true;
  expect(await turns.blockedMs(take('try'))).toBe(0);
  state.now = 12_000;
  let told: Promise<number> | undefined;
  await turns.read('several', () => {
    state.isHeld = false;
    told = turns.blockedMs(take('try'));
  });
  expect(await told).toBe(0);
});

it('lets calls go side by side that are one each, and nobody between several', async () => {
  const { turns } = world();
  const done: string[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const first = turns.read('one', async () => {
    await held;
    done.push('first');
  });
  await turns.read('one', () => void done.push('second'));
  const whole = turns.read('several', () => void done.push('whole'));
  const behind = turns.read('one', () => void done.push('behind'));
  expect(done).toEqual(['second']);
  release();
  await Promise.all([first, whole, behind]);
  expect(done).toEqual(['second', 'first', 'whole', 'behind']);
});
