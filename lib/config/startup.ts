import type { SettingProblem } from './reconcile';
import {
  defaultSettings,
  isStartOnlyName,
  isUnset,
  parseSetting,
  type Settings,
  settingNames,
  type StartOnlyName,
} from './settings';

export type StartupSettings = Pick<Settings, StartOnlyName>;

export type StartupRead =
  | { readonly ok: true; readonly settings: StartupSettings }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

const sources = ['environment', 'file'] as const;

/**
 * The settings that are needed before the database opens. The environment beats the file; empty text is passed over.
 */
export function readStartupSettings(
  environment: Readonly<Record<string, string>>,
  file: Readonly<Record<string, string>>,
): StartupRead {
  const texts = { environment, file };
  const values: Partial<Record<StartOnlyName, unknown>> = {};
  const problems: SettingProblem[] = [];
  for (const name of settingNames.filter(isStartOnlyName)) {
    values[name] = defaultSettings[name];
    const source = sources.find((candidate) => !isUnset(texts[candidate][name] ?? ''));
    if (source === undefined) continue;
    const parsed = parseSetting(name, texts[source][name] ?? '');
    if (parsed.ok) values[name] = parsed.value;
    else problems.push({ name, source, message: parsed.message });
  }
  // Platforms set it for other databases too.
  const counts = problems.filter(
    ({ name }) => name !== 'DATABASE_URL' || values.DATABASE_TYPE === 'postgres',
  );
  if (counts.length > 0) return { ok: false, problems: counts };
  return { ok: true, settings: values as StartupSettings };
}
