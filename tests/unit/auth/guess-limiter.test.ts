import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ClientAddress } from '../../../lib/auth/client-address';
import { UNKNOWN_ADDRESS } from '../../../lib/auth/client-address';
import { GuessLimiter } from '../../../lib/auth/guess-limiter';

let now = 0;
let told: string[];
let limiter: GuessLimiter;

beforeEach(() => {
  now = 1_000_000;
  told = [];
  limiter = new GuessLimiter(
    () => now,
    (id, waitSeconds) => told.push(`${id} ${waitSeconds}`),
  );
});

const at = (address: string, socketAddress = address): ClientAddress => ({ address, socketAddress });
const HOME = at('203.0.113.7');
const fail = (times: number, address = HOME) => {
  let wait = 0;
  for (let i = 0; i < times; i++) wait = limiter.wrong(address, 'admin');
  return wait;
};

it('lets four wrong tokens in a minute pass, and makes the fifth wait a minute', () => {
  expect(fail(4)).toBe(0);
  expect(fail(1)).toBe(60);
  now += 59_500;
  expect(fail(1)).toBe(1);
  now += 500;
  expect(fail(1)).toBe(0);
});

it('a guess while blocked makes the wait no longer', () => {
  fail(5);
  now += 30_000;
  expect(fail(1_000)).toBe(30);
});

it('forgets wrong tokens that are older than a minute', () => {
  fail(4);
  now += 60_000;
  expect(fail(4)).toBe(0);
});

it('doubles the wait with each block, up to an hour, and begins anew after an hour of peace', () => {
  const waits: number[] = [];
  for (let block = 0; block < 8; block++) {
    const wait = fail(5);
    waits.push(wait);
    now += wait * 1000;
  }
  expect(waits).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
  now += 3_600_001;
  expect(fail(5)).toBe(60);
});

it('counts all places together, and lets client tokens be wrong more often', () => {
  for (let i = 0; i < 9; i++) expect(limiter.wrong(HOME, 'gateway')).toBe(0);
  expect(limiter.wrong(HOME, 'metrics')).toBe(60);
  expect(limiter.wrong(HOME, 'gateway')).toBe(60);
});

it('tells of each block once', () => {
  fail(500);
  expect(told).toEqual(['203.0.113.7 60']);
});

it('each address has a count of its own, and in IPv6 each network', () => {
  fail(5);
  expect(fail(1, at('203.0.113.8'))).toBe(0);
  fail(4, at('2001:db8::1'));
  expect(fail(1, at('2001:db8::ffff'))).toBe(60);
});

it('callers of whom nobody knows anything may be wrong 50 times together', () => {
  expect(fail(49, UNKNOWN_ADDRESS)).toBe(0);
  expect(fail(1, UNKNOWN_ADDRESS)).toBe(60);
});

describe('behind a proxy', () => {
  it('an address that guesses waits, and its neighbours do not', () => {
    expect(fail(5, at('198.51.100.1', '10.0.0.1'))).toBe(60);
    expect(fail(1, at('198.51.100.2', '10.0.0.1'))).toBe(0);
  });

  it('one that goes on while it is blocked uses up nothing of what the others have', () => {
    fail(1_000, at('198.51.100.1', '10.0.0.1'));
    expect(fail(4, at('198.51.100.2', '10.0.0.1'))).toBe(0);
  });

  it('the proxy as a whole has 50 wrong ones a minute', () => {
    for (let i = 0; i < 49; i++) expect(fail(1, at(`198.51.100.${i}`, '10.0.0.1'))).toBe(0);
    expect(fail(1, at('198.51.100.99', '10.0.0.1'))).toBe(60);
  });
});

it('remembers whoever is blocked when very many others come', () => {
  fail(5);
  for (let i = 0; i < 20_000; i++)
    limiter.wrong(at(`2001:db8:${(i >> 8).toString(16)}:${i & 255}::1`), 'admin');
  expect(fail(1)).toBe(60);
});

it('never makes anybody wait for more than an hour, whatever comes and however the time goes', () => {
  const step = fc.record({
    host: fc.integer({ min: 0, max: 4 }),
    place: fc.constantFrom('admin' as const, 'metrics' as const, 'gateway' as const),
    guesses: fc.integer({ min: 1, max: 3 }),
    passedMs: fc.integer({ min: 0, max: 600_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const fresh = new GuessLimiter(() => now);
      for (const { host, place, guesses, passedMs } of steps) {
        now += passedMs;
        const wait = fresh.wrong(at(`198.51.100.${host}`, '10.0.0.1'), place, guesses);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(3600);
      }
    }),
  );
});
