import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { newCooldown } from '../../../lib/balancer/pool/key-state';
import { rest } from '../../../lib/balancer/health/cooldown';
import { SteadyClock } from '../../../lib/process/steady-clock';

const START = Date.UTC(2026, 0, 1);
const DAY_AND_HOUR = 25 * 3_600_000;
let machine: { wall: number; monotonic: number; uptime: number };
let clock: SteadyClock;

beforeEach(() => {
  machine = { wall: START, monotonic: 5_000, uptime: 90_000 };
  clock = new SteadyClock({
    wall: () => machine.wall,
    monotonic: () => machine.monotonic,
    uptime: () => machine.uptime,
  });
});

function pass(ms: number): void {
  machine = { wall: machine.wall + ms, monotonic: machine.monotonic + ms, uptime: machine.uptime + ms };
}

it('begins as the wall clock does and goes on with it', () => {
  expect(clock.now()).toBe(START);
  pass(1234);
  expect(clock.now()).toBe(START + 1234);
  expect(clock.wallOf(START)).toBe(START);
});

it('goes on evenly when the wall clock is set, ahead or back, and knows what it says', () => {
  for (const jump of [DAY_AND_HOUR, -DAY_AND_HOUR, -DAY_AND_HOUR, 5_000]) {
    const before = clock.now();
    machine.wall += jump;
    pass(50);
    expect(clock.now()).toBe(before + 50);
    expect(clock.wallOf(clock.now())).toBe(machine.wall);
    expect(clock.steadyOf(machine.wall)).toBe(before + 50);
  }
});

it('counts the time that the machine slept', () => {
  machine.wall += DAY_AND_HOUR;
  machine.uptime += DAY_AND_HOUR;
  pass(50);
  expect(clock.now()).toBe(START + DAY_AND_HOUR + 50);
  expect(clock.wallOf(clock.now())).toBe(machine.wall);
});

it('tells apart a sleep and a clock that was set meanwhile', () => {
  machine.wall += 3_600_000 + DAY_AND_HOUR;
  machine.uptime += 3_600_000;
  pass(50);
  expect(clock.now()).toBe(START + 3_600_050);
  expect(clock.wallOf(clock.now())).toBe(machine.wall);
});

it('asks for the slow clock only when there was a jump', () => {
  let asked = 0;
  const counted = new SteadyClock({
    wall: () => machine.wall,
    monotonic: () => machine.monotonic,
    uptime: () => ((asked += 1), machine.uptime),
  });
  machine.wall += DAY_AND_HOUR;
  for (let i = 0; i < 100; i++) {
    pass(10);
    counted.now();
  }
  expect(asked).toBe(2);
});

it('no rest becomes longer or shorter, however the wall clock jumps', () => {
  const jump = fc.record({
    jumpMs: fc.integer({ min: -10 * DAY_AND_HOUR, max: 10 * DAY_AND_HOUR }),
    passedMs: fc.integer({ min: 0, max: 20_000 }),
  });
  fc.assert(
    fc.property(fc.array(jump, { maxLength: 10 }), fc.integer({ min: 1, max: 60_000 }), (jumps, restMs) => {
      const cooldown = newCooldown();
      rest(cooldown, clock.now() + restMs, clock.now());
      let passed = 0;
      for (const { jumpMs, passedMs } of jumps) {
        machine.wall += jumpMs;
        pass(passedMs);
        passed += passedMs;
        expect(cooldown.until > clock.now()).toBe(passed < restMs);
      }
    }),
  );
});
