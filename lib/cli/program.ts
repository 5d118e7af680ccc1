import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { AdminStore } from '../admin/context';
import type { Asker, AuditEntry } from '../auth/asker';
import { readEnvFile } from '../config/env-file';
import type { Environment } from '../config/env';
import { settingRecords, type SettingsPatch } from '../config/live-settings';
import type { Settings } from '../config/settings';
import { planProviders } from '../inventory/provider-plan';
import { loadInventory } from '../inventory/inventory';
import { syncProviders } from '../inventory/provider-sync';
import { createSettingsState } from '../config/settings-state';
import { readStartupSettings, type StartupSettings } from '../config/startup';
import { databaseOptions } from '../runtime/settings/database-options';
import type { SecretsFile } from '../runtime/settings/secrets';
import { openInstallation } from '../runtime/stages/installation';
import { settingsStore } from '../runtime/settings/settings-store';
import type { ChangeWork, SteppedChange } from '../store/changes/change';
import type { Store } from '../store/open-store';
import { failed } from './failure';

/** The installation that a command works on, whether the gateway is running or not. */
export interface Program {
  readonly store: AdminStore;
  readonly startup: StartupSettings;
  readonly secrets: SecretsFile;
  /** The settings in force, as the database has them. */
  readonly settings: Settings;
  /** Who runs the command, for the audit list. */
  readonly caller: Asker;
  /**
   * Sets settings as the dashboard does, as a step of a change. Rejects, with all that is wrong, without changing
   * anything. A later step has to tell whoever runs, together with what else there is.
   */
  saveSettings(change: SteppedChange, texts: SettingsPatch, entry: AuditEntry): Promise<void>;
  /** Makes the providers, keys and proxies that the settings describe, as the gateway does at its start. */
  syncWithSettings(now: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the database that the environment and `.env` name, as the gateway does. Neither is applied to the settings:
 * what this terminal has in its environment is not what the gateway was started with. Rejects if there is no SQLite
 * file yet, unless the command may make it.
 */
export async function openProgram(
  environment: Environment,
  now: () => number,
  { makesDatabase }: { readonly makesDatabase: boolean },
): Promise<Program> {
  const startup = readStartup(environment);
  if (!makesDatabase) requireDatabase(startup);
  const { secrets, store } = await openInstallation(environment, startup, now);
  const caller: Asker = { by: 'command', user: userName() };
  const records = await settingsStore(store, now, () => undefined).list();
  const state = createSettingsState({ startup, records, onProblem: () => undefined });
  return {
    store,
    startup,
    secrets,
    get settings() {
      return state.current;
    },
    caller,
    async saveSettings(change, texts, entry) {
      const { records: changed, problems } = settingRecords(texts, state.records);
      if (problems.length > 0) throw failed(problems.map(({ message }) => message).join('\n'));
      const asStep = { ...store, change: ((_by, work) => change.step(unfinished(work))) as Store['change'] };
      await settingsStore(asStep, now, () => undefined).saveMany(changed, { by: caller, entry });
      state.commit(changed);
    },
    async syncWithSettings(at) {
      const inventory = await loadInventory(store, () => undefined);
      await syncProviders(store, inventory, planProviders(state.current), at, state.current.PROXIES);
    },
    close: () => store.close(),
  };
}

function unfinished<T>(work: ChangeWork<T>): ChangeWork<T> {
  return async (write) => ({ ...(await work(write)), notes: [{ kind: 'unfinished' }] });
}

/** A command in the wrong place or environment must not find an empty installation that it has just made. */
function requireDatabase(startup: StartupSettings): void {
  const options = databaseOptions(startup);
  if (options.type !== 'sqlite' || existsSync(options.file)) return;
  throw failed(
    `There is no database at ${options.file}. Run this with the DATA_DIR and the .env of the gateway, after its first start.`,
  );
}

function readStartup(environment: Environment): StartupSettings {
  const file = readEnvFile(environment.envFile);
  if (file.status === 'unreadable') throw failed(file.message);
  const read = readStartupSettings(environment.values, file.status === 'ok' ? file.values : {});
  if (read.ok) return read.settings;
  throw failed(read.problems.map(({ message }) => message).join('\n'));
}

/** A container may run as a user that its system has no name for. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
