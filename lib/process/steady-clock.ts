import { uptime } from 'node:os';

/** The clocks of the machine, in milliseconds. */
export interface MachineClocks {
  /** Since the epoch; jumps when a person or NTP sets it. */
  wall(): number;
  /** Never jumps, and may stand still while the machine sleeps. */
  monotonic(): number;
  /** Since the machine was started, its sleep included. May be slow to ask. */
  uptime(): number;
}

/** Less is what clocks differ by anyway. */
const JUMP_MS = 1_000;
/** How often the wall clock is asked: time is read several times for each request. */
const LOOK_MS = 50;

/**
 * Time that goes on evenly whatever happens to the machine's clock, so that no rest becomes longer or shorter by a
 * jump. It is in milliseconds since the epoch as the machine's clock had it at the start. While the machine sleeps it
 * goes on too.
 */
export class SteadyClock {
  #baseMs: number;
  /** How far the wall clock is ahead, as of the last jump. */
  #aheadMs = 0;
  #sleptMs: number;
  #lookAgainAt = 0;

  constructor(private readonly clocks: MachineClocks = MACHINE) {
    this.#baseMs = clocks.wall() - clocks.monotonic();
    this.#sleptMs = clocks.uptime() - clocks.monotonic();
  }

  now(): number {
    const monotonic = this.clocks.monotonic();
    if (monotonic >= this.#lookAgainAt) this.#look(monotonic);
    return Math.floor(monotonic + this.#baseMs);
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

  /** If the wall clock has jumped, the machine has slept, or somebody has set its clock; or both. */
  #look(monotonic: number): void {
    const { clocks } = this;
    this.#lookAgainAt = monotonic + LOOK_MS;
    const jumpMs = clocks.wall() - (monotonic + this.#baseMs) - this.#aheadMs;
    if (Math.abs(jumpMs) < JUMP_MS) return;
    const sleptMs = clocks.uptime() - monotonic;
    if (sleptMs - this.#sleptMs >= JUMP_MS) this.#baseMs += sleptMs - this.#sleptMs;
    this.#sleptMs = sleptMs;
    const aheadMs = Math.round(clocks.wall() - (monotonic + this.#baseMs));
    this.#aheadMs = Math.abs(aheadMs) < JUMP_MS ? 0 : aheadMs;
  }
}

const MACHINE: MachineClocks = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  uptime: () => uptime() * 1000,
};
