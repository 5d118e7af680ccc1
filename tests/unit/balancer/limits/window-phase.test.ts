import { describe, expect, it } from 'vitest';
import { WindowPhase } from '../../../../lib/balancer/limits/window-phase';
import { START_MS as NOW } from '../support';

const MINUTE_MS = 60_000;
const PER_MINUTE = 20;

/** A refusal at the first moment of the minute, the first answer at the second, and then so many more. */
function live(phase: WindowPhase, minute: number, refusedMs: number, takenMs: number, answers = 19): void {
  const from = NOW + minute * MINUTE_MS;
  phase.refused(from + refusedMs);
  for (let index = 0; index <= answers; index += 1) phase.accepted(from + takenMs + index * 2_000);
}

const nextAt = (phase: WindowPhase, minute: number, ms: number) =>
  phase.nextAt(PER_MINUTE, NOW + minute * MINUTE_MS + ms);

describe('when the window of a limit that nobody tells of begins anew', () => {
  it('is known after three refusals that were over at the same moment of their minutes', () => {
    const phase = new WindowPhase();
    live(phase, 0, 4_000, 9_000);
    live(phase, 1, 2_000, 7_000);
    expect(nextAt(phase, 1, 58_000)).toBeUndefined();
    live(phase, 2, 5_000, 10_000);
    expect(nextAt(phase, 2, 58_000)).toBe(NOW + 3 * MINUTE_MS + 7_000);
  });

  it('is not known where they do not agree', () => {
    const phase = new WindowPhase();
    for (let minute = 0; minute < 20; minute += 1)
      live(phase, minute, minute * 7_000, minute * 7_000 + 3_000);
    expect(nextAt(phase, 20, 58_000)).toBeUndefined();
  });

  it('is forgotten when a refusal is over at another moment', () => {
    const phase = new WindowPhase();
    for (let minute = 0; minute < 3; minute += 1) live(phase, minute, 4_000, 7_000);
    expect(nextAt(phase, 2, 58_000)).toBeDefined();
    live(phase, 3, 34_000, 37_000);
    expect(nextAt(phase, 3, 58_000)).toBeUndefined();
  });

  it('is no reason to wait where less was answered than in a usual minute', () => {
    const phase = new WindowPhase();
    for (let minute = 0; minute < 4; minute += 1) live(phase, minute, 4_000, 7_000);
    live(phase, 4, 4_000, 7_000, 9);
    expect(nextAt(phase, 4, 58_000)).toBeUndefined();
  });

  it('is no reason to wait long', () => {
    const phase = new WindowPhase();
    for (let minute = 0; minute < 4; minute += 1) live(phase, minute, 4_000, 7_000);
    expect(nextAt(phase, 3, 46_000)).toBeUndefined();
  });

  it('is told also after the clock was set back', () => {
    const phase = new WindowPhase();
    for (let minute = 0; minute < 4; minute += 1) live(phase, minute, 4_000, 7_000);
    live(phase, -100, 4_000, 7_000);
    expect(nextAt(phase, -100, 58_000)).toBe(NOW - 99 * MINUTE_MS + 7_000);
  });
});
