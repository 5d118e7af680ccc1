import type { AlertState, ToldIncident } from './alert-state';
import { ALL_PROXIES, PROXY, type Incident } from './incident';

/** What a receiver is to be told. */
export type Notice =
  | { readonly state: 'begin'; readonly incident: Incident }
  | { readonly state: 'over'; readonly incident: ToldIncident };

interface Known {
  readonly rule: Incident['rule'];
  /** Steady; milliseconds. */
  readonly seenAt: number;
  /** When it was first missed; undefined while it lasts. */
  goneAt: number | undefined;
  /** The highest level that is told, or on its way. */
  level: number;
  /** As it was told; undefined before that. */
  told: ToldIncident | undefined;
  isEnding: boolean;
  /** Of what was told before the start: it may not have been met again yet. Steady. */
  graceUntil: number;
}

export interface Moment {
  /** Steady; milliseconds. */
  readonly now: number;
  readonly isQuiet: boolean;
  /** How long an incident, and its end, have to last before they are told. */
  readonly delayMs: number;
  readonly rules: readonly Incident['rule'][];
}

function newKnown(rule: Known['rule'], seenAt: number): Known {
  const notYet = { goneAt: undefined, level: 0, told: undefined, isEnding: false, graceUntil: -Infinity };
  return { rule, seenAt, ...notYet };
}

/** Clients make up names of models, and tokens may be thousands. */
const KNOWN_MAX = 200;

/**
 * What one receiver was told. Each incident is told once when it begins and once when it is over, however its sentence
 * changes meanwhile; while it is quiet it waits, and one that does not last is never told.
 */
export class Tracker {
  readonly #known = new Map<string, Known>();

  /** Goes on from what was told before the start; for `graceMs` of that nothing is taken for over. */
  constructor({ open }: AlertState, now: number, graceMs: number) {
    for (const told of open) {
      const { key, rule, level } = told;
      this.#known.set(key, { ...newKnown(rule, now), level, told, graceUntil: now + graceMs });
    }
  }

  /** What it was told of and not yet that it is over. */
  get open(): readonly ToldIncident[] {
    return [...this.#known.values()].flatMap(({ told }) => (told === undefined ? [] : [told]));
  }

  /** What is to be told now. Each notice is given once; `done` has to be told of it. */
  step(incidents: readonly Incident[], moment: Moment): Notice[] {
    const present = this.#withCovered(incidents);
    const keys = new Set(present.map(({ key }) => key));
    return [...present.flatMap((one) => this.#begin(one, moment)), ...this.#over(keys, moment)];
  }

  /** It was told, or never will be. */
  done(notice: Notice, text: string): void {
    const { key } = notice.incident;
    const known = this.#known.get(key);
    if (known === undefined) return;
    if (notice.state === 'over') this.#known.delete(key);
    else {
      const { rule, severity, since, level } = notice.incident;
      known.told = { key, rule, severity, since, level, text };
    }
  }

  #begin(incident: Incident, { now, isQuiet, delayMs }: Moment): Notice[] {
    const known = this.#known.get(incident.key) ?? this.#learn(incident, now);
    if (known === undefined || known.isEnding) return [];
    known.goneAt = undefined;
    known.graceUntil = -Infinity;
    const isNews = incident.level > known.level && !incident.isCovered;
    if (!isNews || isQuiet || now - known.seenAt < delayMs) return [];
    known.level = incident.level;
    return [{ state: 'begin', incident }];
  }

  #learn({ key, rule }: Incident, now: number): Known | undefined {
    if (this.#known.size >= KNOWN_MAX) return undefined;
    const known = newKnown(rule, now);
    this.#known.set(key, known);
    return known;
  }

  #over(present: ReadonlySet<string>, { now, isQuiet, delayMs, rules }: Moment): Notice[] {
    const notices: Notice[] = [];
    for (const [key, known] of this.#known) {
      if (present.has(key) || known.isEnding) continue;
      if (known.level === 0 || !rules.includes(known.rule)) {
        this.#known.delete(key);
        continue;
      }
      // What is being told is over only after that.
      if (known.told === undefined) continue;
      known.goneAt ??= now;
      if (isQuiet || now < known.graceUntil || now - known.goneAt < delayMs) continue;
      known.isEnding = true;
      notices.push({ state: 'over', incident: known.told });
    }
    return notices;
  }

  /** Many proxies are told together, and few one by one: that does not end what was told. */
  #withCovered(incidents: readonly Incident[]): readonly Incident[] {
    const all = incidents.find(({ key }) => key === ALL_PROXIES);
    const single = incidents.filter(({ key }) => key.startsWith(PROXY));
    if (all !== undefined) {
      const told = [...this.#known.keys()].filter((key) => key.startsWith(PROXY));
      return [...incidents, ...told.map((key) => ({ ...all, key, isCovered: true }))];
    }
    const [first] = single;
    if (first === undefined || (this.#known.get(ALL_PROXIES)?.level ?? 0) === 0) return incidents;
    const covered = incidents.map((one) => (single.includes(one) ? { ...one, isCovered: true } : one));
    return [...covered, { ...first, key: ALL_PROXIES, isCovered: true }];
  }
}
