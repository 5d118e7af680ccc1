import { emptyRecord, type SettingProblem, type SettingRecord } from './reconcile';
import {
  defaultSettings,
  parseSetting,
  type SettingName,
  type Settings,
  settingsFrom,
  serializeSetting,
} from './settings';
import type { StartupSettings } from './startup';

export type SettingsListener = (current: Settings, changed: ReadonlySet<SettingName>) => void;

/** The settings in force and those who listen to them, in memory. */
export interface SettingsState {
  readonly current: Settings;
  readonly records: ReadonlyMap<SettingName, SettingRecord>;
  readonly problems: readonly SettingProblem[];
  /** Puts checked records in force and tells the listeners if a value changed. A throwing listener stops nobody. */
  commit(records: readonly SettingRecord[]): void;
  subscribe(listener: SettingsListener): () => void;
  /** Replaces the problems of one origin, and tells of those that are new. */
  setProblems(origin: ProblemOrigin, problems: readonly SettingProblem[]): void;
}

/**
 * `store`: values that were stored and are no longer allowed. `outside`: wrong texts in the file and the environment.
 */
type ProblemOrigin = 'store' | 'outside';

interface StateOptions {
  readonly startup: StartupSettings;
  /** Checked already. */
  readonly records: readonly SettingRecord[];
  readonly onProblem: (problem: SettingProblem) => void;
  readonly onListenerError?: (error: unknown) => void;
}

export function createSettingsState(options: StateOptions): SettingsState {
  const records = new Map(options.records.map((record) => [record.name, record]));
  const fixed = new Map<string, unknown>(Object.entries(options.startup));
  let current = settingsFrom((name) =>
    fixed.has(name) ? fixed.get(name) : valueOf(records.get(name) ?? emptyRecord(name)),
  );
  const listeners = new Set<SettingsListener>();
  const problems: Record<ProblemOrigin, readonly SettingProblem[]> = { store: [], outside: [] };

  const tell = (changed: ReadonlySet<SettingName>) => {
    for (const listener of [...listeners]) {
      try {
        listener(current, changed);
      } catch (error) {
        options.onListenerError?.(error);
      }
    }
  };

  return {
    get current() {
      return current;
    },
    records,
    get problems() {
      return [...problems.store, ...problems.outside];
    },
    commit(next) {
      const values = new Map<SettingName, unknown>();
      for (const record of next) {
        const before = records.get(record.name) ?? emptyRecord(record.name);
        if (textInForce(before) !== textInForce(record)) values.set(record.name, valueOf(record));
        records.set(record.name, record);
      }
      const written = new Set<string>(next.map(({ name }) => name));
      problems.store = problems.store.filter(({ name }) => !written.has(name));
      if (values.size === 0) return;
      const previous = current;
      current = settingsFrom((name) => (values.has(name) ? values.get(name) : previous[name]));
      tell(new Set(values.keys()));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setProblems(origin, next) {
      const known = new Set(problems[origin].map(keyOf));
      problems[origin] = next;
      for (const problem of next) if (!known.has(keyOf(problem))) options.onProblem(problem);
    },
  };
}

const keyOf = ({ name, source, message }: SettingProblem) => [name, source, message].join('\0');

function valueOf({ name, value }: SettingRecord): unknown {
  if (value === null) return defaultSettings[name];
  const parsed = parseSetting(name, value);
  return parsed.ok ? parsed.value : defaultSettings[name];
}

function textInForce({ name, value }: SettingRecord): string {
  return value ?? serializeSetting(name, defaultSettings[name]);
}
