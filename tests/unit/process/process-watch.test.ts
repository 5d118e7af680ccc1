import { beforeEach, expect, it } from 'vitest';
import { MemoryReturn } from '../../../lib/process/process-watch';

const LARGE = 64 * 2 ** 20;
let nowMs: number;
let sweeps: number;
let memory: MemoryReturn;

beforeEach(() => {
  [nowMs, sweeps] = [0, 0];
  memory = new MemoryReturn(
    () => nowMs,
    () => (sweeps += 1),
  );
  look(60, 0);
  look(1, 0, false, 50);
  sweeps = 0;
});

/** What is seen ten times a second, for so long. */
function look(seconds: number, bodyBytes: number, isHeapFull = false, inFlight = 0): void {
  for (let i = 0; i < seconds * 10; i += 1) {
    nowMs += 100;
    memory.look(bodyBytes, isHeapFull, inFlight);
  }
}

it('sweeps three times after the start, when that is over', () => {
  memory = new MemoryReturn(
    () => nowMs,
    () => (sweeps += 1),
  );
  look(4, 0);
  expect(sweeps).toBe(0);
  look(60, 0);
  expect(sweeps).toBe(3);
});

it('sweeps for the last time when it has been quiet for more than 5 s since the one before', () => {
  look(1, LARGE, false, 1);
  look(2.1, 0);
  expect(sweeps).toBe(2);
  look(5, 0);
  expect(sweeps).toBe(2);
  look(1, 0);
  expect(sweeps).toBe(3);
});

it('leaves out the last sweep when traffic comes before it, and sweeps no more after that', () => {
  look(1, LARGE, false, 1);
  look(2.1, 0);
  expect(sweeps).toBe(2);
  for (let burst = 0; burst < 3; burst += 1) {
    look(1, 0, false, 20);
    look(20, 0);
  }
  expect(sweeps).toBe(2);
});

it('sweeps three times after large bodies, and no more', () => {
  look(2, LARGE, false, 1);
  expect(sweeps).toBe(0);
  look(60, 0);
  expect(sweeps).toBe(3);
});

it('never sweeps for small bodies, nor while many requests are in flight', () => {
  look(60, 1_024);
  look(2, LARGE);
  look(60, 0, true, 50);
  expect(sweeps).toBe(0);
  look(60, 0);
  expect(sweeps).toBe(3);
});

it('does not sweep for ever when the heap stays full', () => {
  look(600, 0, true);
  expect(sweeps).toBe(3);
});

it('sweeps again after the next traffic', () => {
  look(60, 0, true);
  look(1, 0, true, 50);
  look(60, 0, true);
  expect(sweeps).toBe(6);
});
