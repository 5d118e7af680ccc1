import type { KeyState } from '../../balancer/pool/key-state';

export type ReportedOutcome = 'alive' | 'rejected' | 'unproven' | 'skipped';

/** Keys of one provider that fared alike. */
export interface ProbeGroup {
  readonly provider: string;
  readonly outcome: ReportedOutcome;
  /** What the provider said, without what differs from key to key. */
  readonly text: string;
  readonly count: number;
  /** The first few of them. */
  readonly keys: readonly { readonly keyId: string; readonly hint: string }[];
}

/** What probing a selection of keys came to. JSON. */
export interface ProbeReport {
  /** Keys with an outcome other than `skipped`. */
  readonly probed: number;
  readonly alive: number;
  readonly rejected: number;
  readonly unproven: number;
  readonly skipped: number;
  /** Alive, and back in the rotation. */
  readonly recovered: number;
  /** Rejected, and taken out of the rotation. */
  readonly disabled: number;
  /** The largest first. */
  readonly groups: readonly ProbeGroup[];
  /** What a person should know of the whole, in words. */
  readonly notes: readonly string[];
}

const GROUPS_MAX = 200;
const KEYS_MAX = 10;
const OTHER = 'other reasons';

/** Collects the outcomes as they come. */
export class ReportBuilder {
  readonly #groups = new Map<
    string,
    ProbeGroup & { count: number; readonly keys: { keyId: string; hint: string }[] }
  >();
  readonly #counts = { alive: 0, rejected: 0, unproven: 0, skipped: 0 };
  readonly #notes: string[] = [];
  recovered = 0;
  disabled = 0;

  add(provider: string, outcome: ReportedOutcome, text: string, { config: { keyId, hint } }: KeyState): void {
    this.#counts[outcome] += 1;
    const group = this.#group(provider, outcome, withoutDifferences(text, hint));
    group.count += 1;
    if (group.keys.length < KEYS_MAX) group.keys.push({ keyId, hint });
  }

  note(text: string): void {
    this.#notes.push(text);
  }

  build(): ProbeReport {
    const { alive, rejected, unproven, skipped } = this.#counts;
    return {
      probed: alive + rejected + unproven,
      alive,
      rejected,
      unproven,
      skipped,
      recovered: this.recovered,
      disabled: this.disabled,
      groups: [...this.#groups.values()].sort((a, b) => b.count - a.count),
      notes: this.#notes,
    };
  }

  #group(provider: string, outcome: ReportedOutcome, text: string) {
    const isFull = this.#groups.size >= GROUPS_MAX;
    const idOf = (of: string): string => JSON.stringify([provider, outcome, of]);
    const known = this.#groups.get(idOf(text));
    if (known !== undefined) return known;
    const shown = isFull ? OTHER : text;
    const group = this.#groups.get(idOf(shown)) ?? { provider, outcome, text: shown, count: 0, keys: [] };
    this.#groups.set(idOf(shown), group);
    return group;
  }
}

/** Providers put the masked key, request ids and times into their texts; without them equal failures look equal. */
function withoutDifferences(text: string, hint: string): string {
  return text
    .replaceAll(hint, '(key)')
    .replace(/[\w.-]*(?:\*{2,}|\.{3}|…)[\w*-]+/g, '(key)')
    .replace(/\b(?:req|request|org|proj|user|trace)[-_][\w-]{6,}/gi, '(id)')
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{10,}|\b(?=\w*\d)[0-9a-zA-Z_]{20,}\b/g, '(id)')
    .replace(/\b\d{5,}\b|\b\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, '(number)');
}

/** The report in one line, for the log and the list of jobs. */
export function summarize(report: ProbeReport): string {
  const { probed, recovered, disabled, rejected, unproven, skipped, notes } = report;
  const parts = [
    `probed ${probed} keys: ${recovered} recovered`,
    ...(disabled > 0 ? [`${disabled} disabled`] : []),
    `${rejected} rejected`,
    `${unproven} unproven`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return [parts.join(', '), ...notes].join('; ');
}
