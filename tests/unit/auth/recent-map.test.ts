import { expect, it } from 'vitest';
import { RecentMap } from '../../../lib/auth/recent-map';

it('keeps what was written last, at least half of what it may and at most all of it', () => {
  const map = new RecentMap<number>(100);
  const kept = () => Array.from({ length: 1_000 }, (_, i) => i).filter((i) => map.get(`id ${i}`) === i);
  for (let i = 0; i < 1_000; i++) {
    map.set(`id ${i}`, i);
    if (i % 37 !== 0) continue;
    expect(kept().length).toBeLessThanOrEqual(100);
    expect(kept().length).toBeGreaterThanOrEqual(Math.min(i + 1, 50));
    expect(kept().at(-1)).toBe(i);
  }
});

it('forgets what is deleted, and has the last of what was written twice', () => {
  const map = new RecentMap<number>(4);
  map.set('a', 1);
  map.set('b', 1);
  map.set('a', 2);
  expect(map.get('a')).toBe(2);
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
  expect(map.get('b')).toBe(1);
});
