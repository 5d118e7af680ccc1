import { beforeEach, expect, it } from 'vitest';
import { SignInLimiter } from '../../../lib/auth/sign-in-limiter';

let now = 0;
let limiter: SignInLimiter;

beforeEach(() => {
  now = 1_000_000;
  limiter = new SignInLimiter(() => now);
});

const home = [{ id: '203.0.113.7', failuresMax: 5 }];
const fail = (times: number) => {
  for (let i = 0; i < times; i++) limiter.failed(home);
};

it('lets four failures in a minute pass, and makes the fifth wait a minute', () => {
  fail(4);
  expect(limiter.waitSeconds(home)).toBe(0);
  fail(1);
  expect(limiter.waitSeconds(home)).toBe(60);
  now += 59_500;
  expect(limiter.waitSeconds(home)).toBe(1);
  now += 500;
  expect(limiter.waitSeconds(home)).toBe(0);
});

it('forgets failures that are older than a minute', () => {
  fail(4);
  now += 60_000;
  fail(4);
  expect(limiter.waitSeconds(home)).toBe(0);
});

it('doubles the wait with each block, up to an hour, and begins anew after an hour of peace', () => {
  const waits: number[] = [];
  for (let block = 0; block < 8; block++) {
    fail(5);
    const wait = limiter.waitSeconds(home);
    waits.push(wait);
    now += wait * 1000;
  }
  expect(waits).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
  now += 3_600_001;
  fail(5);
  expect(limiter.waitSeconds(home)).toBe(60);
});

it('a success clears what was counted', () => {
  fail(4);
  limiter.succeeded(home);
  fail(4);
  expect(limiter.waitSeconds(home)).toBe(0);
});

it('each address has a count of its own', () => {
  fail(5);
  expect(limiter.waitSeconds([{ id: '203.0.113.8', failuresMax: 5 }])).toBe(0);
});

it('the longest wait of all that an attempt is counted for holds', () => {
  fail(5);
  expect(limiter.waitSeconds([{ id: 'other', failuresMax: 5 }, ...home])).toBe(60);
});

it('remembers whoever is blocked when very many others come', () => {
  fail(5);
  for (let i = 0; i < 20_000; i++) limiter.failed([{ id: `address ${i}`, failuresMax: 5 }]);
  expect(limiter.waitSeconds(home)).toBe(60);
});
