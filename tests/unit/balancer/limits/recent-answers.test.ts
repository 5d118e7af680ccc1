import { expect, it } from 'vitest';
import { RecentAnswers } from '../../../../lib/balancer/limits/recent-answers';
import { START_MS as NOW } from '../support';

it('tells how many answers a minute there were', () => {
  const recent = new RecentAnswers();
  for (let at = NOW; at < NOW + 300_000; at += 3_000) recent.add(at);
  expect(recent.perMinute(NOW + 300_000)).toBeGreaterThan(18);
  expect(recent.perMinute(NOW + 300_000)).toBeLessThan(22);
  expect(recent.perMinute(NOW + 330_000)).toBeLessThan(12);
  expect(recent.perMinute(NOW + 380_000)).toBe(0);
});

it('counts only what came lately, after however long a silence', () => {
  const recent = new RecentAnswers();
  recent.add(NOW);
  recent.add(NOW + 86_400_000);
  expect(recent.perMinute(NOW + 86_400_000)).toBe(1);
});
