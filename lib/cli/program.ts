import { existsSync } from 'node:fs';
import { readEnvFile } from '../config/env-file';
import type { Environment } from '../config/env';
import { canonicalText, emptyRecord } from '../config/reconcile';
import { isSettingName, type SettingName, type Settings } from '../config/settings';
import { createSettingsState } from '../config/settings-state';
import { readStartupSettings, type StartupSettings } from '../config/startup';
import { databaseOptions } from '../runtime/settings/database-options';
import type { SecretsFile } from '../runtime/settings/secrets';
import { openInstallation } from '../runtime/stages/installation';
import { settingsStore } from '../runtime/settings/settings-store';
import type { Store } from '../store/open-store';
import type { ChangeNote } from '../store/change-notes';
import { failed } from './failure';

/** The installation that a command works on, whether the gateway is running or not. */
export interface Program {
  readonly store: Store;
  readonly startup: StartupSettings;
  readonly secrets: SecretsFile;
  /** The settings in force, as the database has them. */
  readonly settings: Settings;
  /** Sets settings as the dashboard does. Rejects, with all that is wrong, without changing anything. */
  saveSettings(texts: Readonly<Partial<Record<SettingName, string>>>): Promise<void>;
  /** Tells running gateways of a change, and the audit list. */
  announce(action: string, target: string, notes: readonly ChangeNote[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the database that the environment and `.env` name, as the gateway does. Neither is applied to the settings: what
 * this terminal has in its environment is not what the gateway was started with. Rejects if there is no SQLite file yet, unless
 * the command may make it.
 */
export async function openProgram(
  environment: Environment,
  now: () => number,
  { makesDatabase }: { readonly makesDatabase: boolean },
): Promise<Program> {
  const startup = readStartup(environment);
  if (!makesDatabase) requireDatabase(startup);
  const { secrets, store } = await openInstallation(environment, startup, now);
  const keeper = settingsStore(store, now, () => undefined);
  const records = await keeper.list();
  const state = createSettingsState({ startup, records, onProblem: () => undefined });
  return {
    store,
    startup,
    secrets,
    get settings() {
      return state.current;
    },
    async saveSettings(texts) {
      const changed = Object.entries(texts).flatMap(([name, raw]) => {
        if (!isSettingName(name) || raw === undefined) return [];
        const text = canonicalText(name, raw);
        if (!text.ok) throw failed(text.message);
        const known = state.records.get(name) ?? emptyRecord(name);
        return [{ ...known, value: text.value, source: 'dashboard' as const }];
      });
      await keeper.saveMany(changed);
      state.commit(changed);
    },
    async announce(action, target, notes) {
      await store.changeNotes.leave(notes);
      await store.audit.insert({ actor: 'command', action, target, detail: '{}' });
    },
    close: () => store.close(),
  };
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
