import { describe, expect, it } from 'vitest';
import type { BreakerState } from '../../../../lib/balancer/health/breaker';
import { Outage, type SeenFailure } from '../../../../lib/balancer/health/outage';
import { START_MS as NOW } from '../support';

const seen = (model = 'm', kind: SeenFailure['kind'] = 'status'): SeenFailure => ({
  kind,
  status: 500,
  detail: undefined,
  model,
  asks: undefined,
});

/** Three different requests that fail, one each 500 ms. */
function failing(breaker: BreakerState = 'closed'): Outage {
  const outage = new Outage(() => breaker);
  for (const at of [0, 500, 1_000]) outage.failed(seen(), {}, NOW + at);
  return outage;
}

describe('an outage', () => {
  it('begins with three different requests over a second', () => {
    expect(failing().current(NOW + 999)).toBeUndefined();
    expect(failing().current(NOW + 1_000)).toMatchObject({ since: NOW, seen: seen() });
    const outage = new Outage(() => 'closed');
    const witness = {};
    for (const at of [0, 1_000, 2_000]) outage.failed(seen(), witness, NOW + at);
    expect(outage.current(NOW + 3_000)).toBeUndefined();
    expect([outage.since, outage.failedAt, outage.triedAt]).toEqual([NOW, NOW + 2_000, NOW + 2_000]);
  });

  it('is one at once while the breaker is not closed', () => {
    const outage = new Outage(() => 'open');
    expect(outage.current(NOW)).toBeUndefined();
    outage.brokeOff(seen(), {}, NOW);
    expect([outage.since, outage.current(NOW)?.since]).toEqual([NOW, NOW]);
  });

  it('is over with an answer, but not while the breaker is not closed', () => {
    const closed = failing();
    closed.answered(NOW + 1_500);
    expect([closed.since, closed.triedAt]).toEqual([undefined, NOW + 1_500]);
    const open = failing('open');
    open.answered(NOW + 1_500);
    open.brokeOff(seen(), {}, NOW + 1_600);
    open.finished();
    expect(open.failures).toHaveLength(2);
    open.end();
    expect([open.since, open.failures]).toEqual([undefined, []]);
  });

  it('of answers that break off is over with one that comes whole', () => {
    const outage = new Outage(() => 'closed');
    for (const at of [0, 500, 1_000]) outage.brokeOff(seen(), {}, NOW + at);
    outage.answered(NOW + 1_100);
    expect(outage.current(NOW + 1_200)?.since).toBe(NOW);
    outage.finished();
    expect(outage.current(NOW + 1_200)).toBeUndefined();
  });

  it('knows the last four kinds of requests that fail, the newest first', () => {
    const outage = new Outage(() => 'closed');
    for (const model of ['a', 'b', 'c', 'd', 'e', 'c']) outage.failed(seen(model), {}, NOW);
    outage.askedInVain(seen('x', 'broke_off'), NOW + 5);
    expect(outage.failures.map(({ model }) => model)).toEqual(['x', 'c', 'e', 'd', 'b']);
    expect([outage.failedAt, outage.triedAt]).toEqual([NOW + 5, NOW]);
  });

  it('is in question until something else is answered', () => {
    const outage = failing();
    expect(outage.isInQuestion(NOW + 900)).toBe(false);
    expect(outage.isInQuestion(NOW + 1_000)).toBe(true);
    expect(outage.otherAnswered(NOW + 1_100)).toBe(false);
    expect(outage.isInQuestion(NOW + 1_200)).toBe(false);
    expect(outage.news(NOW + 8_999)?.since).toBe(NOW);
    expect(outage.news(NOW + 9_000)).toBeUndefined();
    outage.otherFailed();
    expect(outage.otherAnswered(NOW + 1_100)).toBe(true);
  });

  it('that begins soon after an answer broke off is not the one from long before', () => {
    const outage = failing();
    expect(outage.current(NOW + 1_000)?.since).toBe(NOW);
    outage.answered(NOW + 2_000);
    const later = NOW + 3_600_000;
    outage.brokeOff(seen(), {}, later);
    outage.finished();
    for (const at of [3_000, 3_500, 4_000]) outage.failed(seen(), {}, later + at);
    expect(outage.current(later + 4_000)?.since).toBe(later + 3_000);
  });

  it('that comes back within six seconds is the same, and news in between', () => {
    const outage = failing();
    outage.current(NOW + 1_000);
    outage.answered(NOW + 1_100);
    expect(outage.news(NOW + 1_200)).toBeUndefined();
    outage.failed(seen(), {}, NOW + 6_999);
    outage.answered(NOW + 7_000);
    expect(outage.news(NOW + 12_998)?.since).toBe(NOW);
    expect(outage.news(NOW + 12_999)).toBeUndefined();
    outage.failed(seen(), {}, NOW + 13_500);
    expect(outage.since).toBe(NOW + 13_500);
  });
});
