import type { AttentionItem } from '../admin/contract/stats';
import { newRowId } from '../store/database/row-id';
import type { IncidentRow } from '../store/incidents';
import { aboutOf, isCoveredBy, itemOf, worseOf } from './incident-item';

export interface BookTime {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly steadyNow: number;
}

interface Kept {
  row: IncidentRow;
  item: AttentionItem;
  /** When it was found to be over; undefined while it lasts. Steady. */
  goneAt: number | undefined;
  /** When it was last given out to be written; steady. */
  writtenAt: number;
}

/** What is back so soon has not been away. */
const AGAIN_MS = 60_000;
/** After a longer time in which nobody looked, what is so now may be another incident. */
const UNSEEN_MS_MAX = 600_000;
/** How much of a lasting incident is lost at most when the process is killed. */
const WRITE_MS = 10_000;
/** Clients make up names of models. */
const KEPT_MAX = 200;
/** While the database is out. */
const UNWRITTEN_MAX = 2_000;

/**
 * Knows each incident from when it begins until it is over, as one row, however its sentence changes meanwhile. One
 * that comes back within a minute goes on; while another one covers it, it lasts.
 */
export class IncidentBook {
  readonly #kept = new Map<string, Kept>();
  readonly #unwritten = new Map<string, IncidentRow>();
  /** Rows that no database has yet. */
  readonly #fresh = new Set<string>();

  /** Goes on from these: what is not met again was over when it was last seen. */
  constructor(rows: readonly IncidentRow[], { now, steadyNow }: BookTime) {
    for (const row of rows.toSorted((a, b) => (a.id < b.id ? 1 : -1))) {
      const item = itemOf(row);
      const ended = { ...row, endedAt: row.endedAt ?? Math.min(row.seenAt, now) };
      if (row.endedAt === null) this.#unwritten.set(row.id, ended);
      if (item === undefined || this.#kept.has(row.about)) continue;
      this.#kept.set(row.about, { row: ended, item, goneAt: steadyNow, writtenAt: steadyNow });
    }
  }

  /** What is wrong at this moment. */
  see(items: readonly AttentionItem[], time: BookTime): void {
    const present = new Set<string>();
    for (const item of items) {
      const about = aboutOf(item);
      if (about === undefined || present.has(about)) continue;
      present.add(about);
      this.#seen(about, item, time);
    }
    for (const [about, kept] of this.#kept) if (!present.has(about)) this.#missed(about, kept, items, time);
  }

  /** What has to be written now. Given once: what could not be written has to be brought back. */
  take(): IncidentRow[] {
    const rows = [...this.#unwritten.values()];
    this.#unwritten.clear();
    return rows;
  }

  written(rows: readonly IncidentRow[]): void {
    for (const { id } of rows) this.#fresh.delete(id);
  }

  /** They were not written. */
  bringBack(rows: readonly IncidentRow[]): void {
    for (const row of rows) if (!this.#unwritten.has(row.id)) this.#unwritten.set(row.id, row);
    for (const id of this.#unwritten.keys()) {
      if (this.#unwritten.size <= UNWRITTEN_MAX) break;
      this.#unwritten.delete(id);
    }
  }

  /** The program ends: when each that lasts was last seen. Whoever looks next goes on from there. */
  lasting(): IncidentRow[] {
    return [...this.#kept.values()].flatMap(({ row, goneAt }) => (goneAt === undefined ? [row] : []));
  }

  /** Others look from now on: what they cannot know of is over here. */
  unknownToOthers(): IncidentRow[] {
    const rows = this.take().map((row) => ({ ...row, endedAt: row.endedAt ?? row.seenAt }));
    return rows.filter(({ id }) => this.#fresh.has(id));
  }

  #seen(about: string, item: AttentionItem, { now, steadyNow }: BookTime): void {
    const kept = this.#kept.get(about);
    if (kept === undefined || !isSame(kept, item, now)) {
      this.#begin(about, item, { now, steadyNow });
      return;
    }
    const worst = worseOf(kept.item, item);
    const beganAt = Math.min(kept.row.beganAt, item.since ?? now);
    const told = worst === item ? { ...toldOf(item), toldAt: now } : {};
    kept.item = worst;
    kept.row = { ...kept.row, ...told, beganAt, seenAt: now, endedAt: null };
    const isBack = kept.goneAt !== undefined;
    kept.goneAt = undefined;
    if (isBack || steadyNow - kept.writtenAt >= WRITE_MS) this.#write(kept, steadyNow);
  }

  #begin(about: string, item: AttentionItem, { now, steadyNow }: BookTime): void {
    if (this.#kept.size >= KEPT_MAX && !this.#kept.has(about)) return;
    const beganAt = Math.min(item.since ?? now, now);
    const times = { beganAt, endedAt: null, seenAt: now, toldAt: now };
    const row = { id: newRowId(beganAt), about, kind: item.kind, ...toldOf(item), ...times };
    const kept = { row, item, goneAt: undefined, writtenAt: steadyNow };
    this.#kept.set(about, kept);
    this.#fresh.add(row.id);
    this.#write(kept, steadyNow);
  }

  #missed(about: string, kept: Kept, items: readonly AttentionItem[], { now, steadyNow }: BookTime): void {
    const { row, item, goneAt } = kept;
    if (goneAt !== undefined) {
      if (steadyNow - goneAt > AGAIN_MS) this.#kept.delete(about);
    } else if (isCoveredBy(item, items)) {
      kept.row = { ...row, seenAt: now };
      if (steadyNow - kept.writtenAt >= WRITE_MS) this.#write(kept, steadyNow);
    } else {
      kept.goneAt = steadyNow;
      kept.row = { ...row, endedAt: Math.max(row.beganAt, now) };
      this.#write(kept, steadyNow);
    }
  }

  #write(kept: Kept, steadyNow: number): void {
    kept.writtenAt = steadyNow;
    this.#unwritten.set(kept.row.id, kept.row);
  }
}

function isSame({ row, goneAt }: Kept, item: AttentionItem, now: number): boolean {
  if (goneAt === undefined || now - row.seenAt <= UNSEEN_MS_MAX) return true;
  return item.since !== null && item.since <= row.seenAt;
}

function toldOf(item: AttentionItem): Pick<IncidentRow, 'severity' | 'item'> {
  return { severity: item.severity, item: JSON.stringify(item) };
}
