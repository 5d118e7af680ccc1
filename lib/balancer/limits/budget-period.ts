import { dayOf, offsetMs } from './day';

export type BudgetPeriod = 'day' | 'week' | 'month' | 'total';

/** The period that it is now, by the clocks of a time zone. */
export interface Period {
  /** Names it: of two periods of one kind the later one has the greater name. */
  readonly name: string;
  /** Milliseconds since the epoch; Infinity for one without an end. */
  readonly endsAt: number;
}

const DAY_MS = 86_400_000;
const HALF_A_DAY_MS = DAY_MS / 2;
const TOTAL: Period = { name: 'total', endsAt: Infinity };

/** `2026-11-30`: a date as days since the epoch, whatever the zone. */
type DayNumber = number;

/** Weeks begin on Monday. `now`: by the wall clock, milliseconds since the epoch. */
export function periodAt(kind: BudgetPeriod, now: number, zone: string): Period {
  if (kind === 'total') return TOTAL;
  const today = dayNumberAt(now, zone);
  const [first, next] = boundsOf(kind, today);
  return { name: `${kind} ${dateOf(first)}`, endsAt: startOf(next, zone) };
}

function boundsOf(kind: 'day' | 'week' | 'month', today: DayNumber): [first: DayNumber, next: DayNumber] {
  if (kind === 'day') return [today, today + 1];
  // The epoch was a Thursday.
  if (kind === 'week') return [today - ((today + 3) % 7), today - ((today + 3) % 7) + 7];
  const date = new Date(today * DAY_MS);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return [Date.UTC(year, month, 1) / DAY_MS, Date.UTC(year, month + 1, 1) / DAY_MS];
}

const dateOf = (day: DayNumber): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

function dayNumberAt(at: number, zone: string): DayNumber {
  return Math.floor((at + offsetMs(zone, at)) / DAY_MS);
}

/** When that day begins in the zone. */
function startOf(day: DayNumber, zone: string): number {
  const reset = { time: '00:00', zone };
  // No zone is further from UTC than this.
  for (const guess of [HALF_A_DAY_MS, 0, DAY_MS]) {
    const at = day * DAY_MS + guess;
    if (dayNumberAt(at, zone) === day) return dayOf(at, reset).from;
  }
  return day * DAY_MS;
}

/** The same period as long as it lasts, at little cost. */
export class Periods {
  readonly #known = new Map<BudgetPeriod, Period & { readonly from: number }>();

  constructor(private readonly zone: string) {}

  at(kind: BudgetPeriod, now: number): Period {
    const known = this.#known.get(kind);
    // A clock that was set back may be in the one before.
    if (known !== undefined && now >= known.from && now < known.endsAt) return known;
    const period = { ...periodAt(kind, now, this.zone), from: now };
    this.#known.set(kind, period);
    return period;
  }
}
