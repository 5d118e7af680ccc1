import { uptime } from 'node:os';

/** The clocks of the machine, in milliseconds. */
export interface MachineClocks {
  /** Since the epoch; jumps when somebody or NTP sets it. */
  wall(): number;
  /** Never jumps, and may stand still while the machine sleeps. */
  monotonic(): number;
  /** Since the machine was started, its sleep included. May be slow to ask. */
  uptime(): number;
}

/** Less is what clocks differ by anyway. */
const JUMP_MS = 1_000;

/**
 * Time that goes on evenly whatever happens to the machine's clock, so that no rest becomes longer or shorter by a jump. It is
 * in milliseconds since the epoch as the machine's clock had it at the start. While the machine sleeps it goes on too.
 */
export class SteadyClock {
  #baseMs: number;
  /** How far the wall clock is ahead, as of the last jump. */
  #aheadMs = 0;
  #sleptMs: number;

  constructor(private readonly clocks: MachineClocks = MACHINE) {
    this.#baseMs = clocks.wall() - clocks.monotonic();
    this.#sleptMs = clocks.uptime() - clocks.monotonic();
  }

  now(): number {
    const now = this.clocks.monotonic() + this.#baseMs;
    const aheadMs = this.clocks.wall() - now;
    return Math.floor(Math.abs(aheadMs - this.#aheadMs) < JUMP_MS ? now : this.#afterJump());
  }

  /** What the wall clock says at this steady time. */
  wallOf(at: number): number {
    this.now();
    return at + this.#aheadMs;
  }

  /** The steady time at which the wall clock says this. */
  steadyOf(wall: number): number {
    this.now();
    return wall - this.#aheadMs;
  }

  /** The machine has slept, or somebody has set its clock; or both. */
  #afterJump(): number {
    const { clocks } = this;
    const sleptMs = clocks.uptime() - clocks.monotonic();
    if (sleptMs - this.#sleptMs >= JUMP_MS) this.#baseMs += sleptMs - this.#sleptMs;
    this.#sleptMs = sleptMs;
    const now = clocks.monotonic() + this.#baseMs;
    const aheadMs = Math.round(clocks.wall() - now);
    this.#aheadMs = Math.abs(aheadMs) < JUMP_MS ? 0 : aheadMs;
    return now;
  }
}

const MACHINE: MachineClocks = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  uptime: () => uptime() * 1000,
};
