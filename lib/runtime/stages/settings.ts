import { readEnvFile } from '../../config/env-file';
import type { Environment } from '../../config/env';
import { openLiveSettings, type LiveSettings } from '../../config/live-settings';
import { misspeltSettings } from '../../config/misspelt';
import { reconcile } from '../../config/reconcile';
import { readStartupSettings, type StartupSettings } from '../../config/startup';
import { instanceId } from '../../process/instance-id';
import { setLogLevel, type Logger } from '../../process/logger';
import { settingsStore } from '../settings/settings-store';
import { warnOfHeldBack } from '../settings/settings-warnings';
import { StartError } from '../start-error';
import type { Installation } from './installation';
import type { Machine } from './machine';

/**
 * Reads what is needed before the database is open. Throws a StartError that tells of all that is wrong, here and
 * further on.
 */
export function readStartup(environment: Environment): StartupSettings {
  const file = readEnvFile(environment.envFile);
  const read = readStartupSettings(environment.values, file.status === 'ok' ? file.values : {});
  if (read.ok) return read.settings;
  const { problems } = reconcile([], {
    environment: environment.values,
    ...(file.status === 'ok' && { file: file.values }),
  });
  throw new StartError([...read.problems, ...problems]);
}

/**
 * The settings in force, which from now on follow the file. Rejects with a StartError if file or environment are wrong.
 */
export async function openSettings(
  { logger, now, onUnreadable }: Machine,
  { startup, environment, store }: Installation,
): Promise<LiveSettings> {
  const opened = await openLiveSettings({
    store: settingsStore(store, now, (name) => onUnreadable('setting', name), {
      instanceId: instanceId(startup.DATA_DIR),
      envFile: environment.envFile,
      namesAtStart: namesOf(environment),
    }),
    startup,
    environment: environment.values,
    envFile: environment.envFile,
    onProblem: (problem) => logger.error({ source: problem.source }, problem.message),
    onHeldBack: (names, waitMs) => warnOfHeldBack(names, waitMs, environment.envFile, logger),
    onSaveError: (error) => logger.error({ err: error }, 'saving settings failed'),
    onListenerError: (error) => logger.error({ err: error }, 'applying settings failed'),
  });
  if (!opened.ok) throw new StartError(opened.problems);
  setLogLevel(logger, opened.settings.current.LOG_LEVEL);
  warnOfSlips(environment.envFile, logger);
  return opened.settings;
}

function namesOf({ values, envFile }: Environment) {
  const file = readEnvFile(envFile);
  return {
    environment: Object.keys(values),
    file: file.status === 'ok' ? Object.keys(file.values) : [],
  };
}

function warnOfSlips(envFile: string, logger: Logger): void {
  const file = readEnvFile(envFile);
  if (file.status !== 'ok') return;
  for (const { name, meant } of misspeltSettings(Object.keys(file.values))) {
    logger.warn(`${name} in ${envFile} is not a setting; did you mean ${meant}?`);
  }
}
