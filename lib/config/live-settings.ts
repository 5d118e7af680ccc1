import type { Asked } from '../auth/asker';
import { readEnvFile, watchEnvFile } from './env-file';
import { EnvFileFollower, type After } from './env-file-follower';
import { canonicalText, emptyRecord, reconcile, type SettingProblem, type SettingRecord } from './reconcile';
import { createSaver } from './saver';
import { isSettingName, isStartOnlyName, type SettingName, type Settings } from './settings';
import { createSettingsState, type SettingsListener } from './settings-state';
import type { StartupSettings } from './startup';

export interface SettingsStore {
  list(): Promise<SettingRecord[]>;
  /** All or none; with the entry in the audit list if somebody asked. */
  saveMany(records: readonly SettingRecord[], asked?: Asked): Promise<void>;
}

export type SettingsPatch = Readonly<Partial<Record<SettingName, string | null>>>;

export type SetResult =
  { readonly ok: true } | { readonly ok: false; readonly problems: readonly SettingProblem[] };

/** The settings in force, and the only way to change them. */
export interface LiveSettings {
  /** A new frozen object after each change, so take it anew for each request. */
  readonly current: Settings;
  /** The source of each setting that is not at its default. */
  readonly records: ReadonlyMap<SettingName, SettingRecord>;
  /** The wrong values that are out there now, in the file, the environment or the store. */
  readonly problems: readonly SettingProblem[];
  /**
   * Sets several from the dashboard, all or none; null and empty text mean the default. They are in force when the call
   * returns; the promise settles after the attempt to save them and does not reject if that failed. If somebody `asked`
   * who is to be named in the audit list, they are saved first, together with the entry, and are in force when the
   * promise settles; it rejects, with nothing changed, if they cannot be saved.
   */
  set(patch: SettingsPatch, asked?: Asked): Promise<SetResult>;
  /** Calls the listener within each change, with the names whose value changed. Returns the way to stop. */
  subscribe(listener: SettingsListener): () => void;
  /** Applies what differs from what the file said before. In force when the call returns; never rejects. */
  reload(file: Readonly<Record<string, string>>): Promise<void>;
  /**
   * Takes over what somebody else has written to the store. In force when the promise settles; rejects if the store
   * cannot be listed.
   */
  refresh(): Promise<void>;
  /** Stops following the file. */
  close(): void;
}

export interface OpenOptions {
  readonly store: SettingsStore;
  readonly startup: StartupSettings;
  /** Raw text by name, as readEnvironment gives it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly envFile: string;
  /** Called once for each new problem. */
  readonly onProblem: (problem: SettingProblem) => void;
  /** Called when saving failed; it is tried again with the next change. */
  readonly onSaveError: (error: unknown) => void;
  readonly onListenerError?: (error: unknown) => void;
  /** Told what of the file acts only when it has stayed the same for so long; nothing by name for a half file. */
  readonly onHeldBack?: (names: readonly string[], waitMs: number) => void;
  /** Follow the file; true by default. */
  readonly watch?: boolean;
  /** The system's timers by default; they do not keep the process alive. */
  readonly after?: After;
}

export type OpenResult =
  | { readonly ok: true; readonly settings: LiveSettings }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

/**
 * Reads store, file and environment and keeps following the file. A wrong value in the file or the environment refuses
 * the start; a stored one that is no longer allowed is a problem and gives way to the default. A file that is missing
 * is no change, and what one takes away while the program runs it must take away for 5 s. Rejects only if the store
 * cannot be listed.
 */
// oxlint-disable-next-line max-lines-per-function -- short functions over one state, in the order of a start
export async function openLiveSettings(options: OpenOptions): Promise<OpenResult> {
  const { environment, envFile, store } = options;
  const stored = checkStored(await store.list());

  // No await between here and the return of the watch: a change after this line is seen.
  const watcher = options.watch === false ? undefined : watchEnvFile(envFile, () => follower.look());
  const file = readEnvFile(envFile);
  const read = reconcile(stored.records, {
    environment,
    ...(file.status === 'ok' && { file: file.values }),
  });
  const refused = file.status === 'unreadable' ? [fileProblem(file.message)] : read.problems;
  if (refused.length > 0) {
    watcher?.close();
    return { ok: false, problems: refused };
  }

  const state = createSettingsState({ ...options, records: stored.records });
  const saver = createSaver((records) => store.saveMany(records), options.onSaveError);
  const commit = (records: readonly SettingRecord[]) => {
    state.commit(records);
    return saver.save(records);
  };

  /** Returns the records that are now in the store as they are in force. */
  const saveFirst = async (patch: SettingsPatch, asked: Asked): Promise<readonly SettingRecord[]> => {
    const { records } = settingRecords(patch, state.records);
    const before = records.map(({ name }) => state.records.get(name));
    await store.saveMany(records, asked);
    if (records.every(({ name }, index) => state.records.get(name) === before[index])) {
      state.commit(records);
      return records;
    }
    // The file has said something new of the same settings meanwhile, and it is remembered that it has.
    void commit(settingRecords(patch, state.records).records);
    return [];
  };

  const reload = (values: Readonly<Record<string, string>>) => {
    const { records, problems } = reconcile([...state.records.values()], { environment, file: values });
    const saved = commit(records);
    state.setProblems('outside', problems);
    return saved;
  };
  const follower = new EnvFileFollower({
    path: envFile,
    first: file,
    hasHistory: stored.records.some(({ appliedFile }) => appliedFile !== null),
    apply: (values) => void reload(values),
    onUnreadable: (message) => state.setProblems('outside', [fileProblem(message)]),
    onHeld: (names, waitMs) => options.onHeldBack?.(names, waitMs),
    after: options.after ?? systemAfter,
  });

  state.setProblems('store', stored.problems);
  await commit(read.records);
  return {
    ok: true,
    settings: {
      get current() {
        return state.current;
      },
      records: state.records,
      get problems() {
        return state.problems;
      },
      async set(patch, asked) {
        const { records, problems } = settingRecords(patch, state.records);
        if (problems.length > 0) return { ok: false, problems };
        if (asked === undefined) await commit(records);
        else await saver.inTurn(() => saveFirst(patch, asked));
        return { ok: true };
      },
      subscribe: (listener) => state.subscribe(listener),
      reload,
      async refresh() {
        // What could not be saved yet is newer than what is there.
        await saver.save([]);
        const before = new Map(state.records);
        const { records, problems } = checkStored(await store.list());
        const present = new Set(records.map(({ name }) => name));
        const gone = [...state.records.keys()].filter((name) => !present.has(name));
        // What was set while the list was being read is newer than the list.
        const isOlder = ({ name }: SettingRecord): boolean => state.records.get(name) === before.get(name);
        state.commit([...records, ...gone.map(emptyRecord)].filter(isOlder));
        state.setProblems('store', problems);
      },
      close() {
        watcher?.close();
        follower.close();
      },
    },
  };
}

const systemAfter: After = (ms, call) => {
  const timer = setTimeout(call, ms).unref();
  return () => clearTimeout(timer);
};

const fileProblem = (message: string): SettingProblem => ({ name: 'ENV_FILE', source: 'file', message });

interface Checked {
  readonly records: SettingRecord[];
  readonly problems: SettingProblem[];
}

/**
 * Drops names that this version does not know. A value that is no longer allowed is forgotten with its fingerprints, so
 * that the environment and the file are asked again.
 */
function checkStored(stored: readonly SettingRecord[]): Checked {
  const records: SettingRecord[] = [];
  const problems: SettingProblem[] = [];
  for (const record of stored) {
    if (!isSettingName(record.name) || isStartOnlyName(record.name)) continue;
    const text = canonicalText(record.name, record.value ?? '');
    if (text.ok) {
      records.push(record);
    } else {
      records.push(emptyRecord(record.name));
      problems.push({ name: record.name, source: record.source ?? 'dashboard', message: text.message });
    }
  }
  return { records, problems };
}

/** What a person's patch makes of the records; and what is wrong with it. */
export function settingRecords(
  patch: SettingsPatch,
  current: ReadonlyMap<SettingName, SettingRecord>,
): Checked {
  const records: SettingRecord[] = [];
  const problems: SettingProblem[] = [];
  const refuse = (name: string, message: string) => problems.push({ name, source: 'dashboard', message });
  for (const [name, raw] of Object.entries(patch)) {
    if (raw === undefined) continue;
    if (!isSettingName(name)) {
      refuse(name, `${name}: is not a setting`);
    } else if (isStartOnlyName(name)) {
      refuse(name, `${name}: is read at start only; set it in the environment or in .env and restart`);
    } else {
      const text = canonicalText(name, raw ?? '');
      if (!text.ok) refuse(name, text.message);
      else
        records.push({ ...(current.get(name) ?? emptyRecord(name)), value: text.value, source: 'dashboard' });
    }
  }
  return { records, problems };
}
