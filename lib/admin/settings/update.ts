import { isSettingName, settingDefinitions, type SettingName } from '../../config/settings';
import type { EndpointInput } from '../contract/endpoint';
import type { SettingsAnswer, settingsApi } from '../contract/settings';
import { SECRET_MASK } from '../contract/values';
import type { AdminContext } from '../context';
import { AdminError, wrongField } from '../error';
import { unmaskHeaders } from '../secret-headers';
import { readSettings } from './read';

type Values = EndpointInput<typeof settingsApi.update>['values'];

/** Changes settings, all or none. They are in force when the promise settles. `action`: as the audit list calls it. */
export async function updateSettings(
  context: AdminContext,
  { revision, values }: EndpointInput<typeof settingsApi.update>,
  action = 'settings.update',
): Promise<SettingsAnswer> {
  const patch = textsOf(context, values);
  if (revision !== undefined) refuseStale(context, revision, Object.keys(patch).filter(isSettingName));
  await applySettings(context, patch, action);
  return readSettings(context);
}

export async function applySettings(
  context: AdminContext,
  patch: Readonly<Record<string, string | null>>,
  action: string,
  target?: string,
): Promise<void> {
  const names = Object.keys(patch);
  if (names.length === 0) return;
  const { caller, settings, configuration } = context;
  const entry = { action, target: target ?? names.join(', ').slice(0, 500), detail: shownOf(patch) };
  const outcome = await settings.set(patch, { by: caller, entry });
  if (!outcome.ok) {
    const fields = Object.fromEntries(outcome.problems.map(({ name, message }) => [name, message]));
    const [first] = outcome.problems;
    throw new AdminError('invalid_input', first?.message ?? 'The settings are wrong.', fields);
  }
  await configuration.settled();
}

/** Values of settings that are no secret; of the others only that they were changed. */
function shownOf(patch: Readonly<Record<string, string | null>>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(patch).map(([name, text]) => {
      const isSecret = !isSettingName(name) || settingDefinitions[name].isSecret;
      return [name, text === null || !isSecret ? text : SECRET_MASK];
    }),
  );
}

/** The texts as they would be written in .env; what comes back masked is left out. */
function textsOf({ settings }: AdminContext, values: Values): Record<string, string | null> {
  const texts: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === SECRET_MASK) continue;
    if (value === null || typeof value === 'string') texts[name] = value;
    else if (name === 'CUSTOM_HEADERS' && !Array.isArray(value) && typeof value === 'object') {
      texts[name] = headersText(value as Record<string, string>, settings.current.CUSTOM_HEADERS);
    } else texts[name] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
  return texts;
}

function headersText(given: Record<string, string>, current: Readonly<Record<string, string>>): string {
  const headers = unmaskHeaders(given, current);
  const unknown = Object.keys(headers).find((name) => headers[name] === SECRET_MASK);
  if (unknown !== undefined)
    throw wrongField('CUSTOM_HEADERS', `'${unknown}' has no value yet that the mask could keep`);
  return JSON.stringify(headers);
}

function refuseStale({ revisions }: AdminContext, revision: number, names: readonly SettingName[]): void {
  const changed = revisions.changedSince(revision, names);
  if (changed.length === 0) return;
  const fields = Object.fromEntries(changed.map((name) => [name, 'was changed by somebody else meanwhile']));
  throw new AdminError('conflict', `Somebody else has changed ${changed.join(', ')} meanwhile.`, fields);
}
