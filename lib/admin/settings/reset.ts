import type { SettingsAnswer } from '../contract/settings';
import type { AdminContext } from '../context';
import { readSettings } from './read';
import { applySettings } from './update';

/** Gives settings their defaults back, all or none. */
export async function resetSettings(
  context: AdminContext,
  { names }: { readonly names: readonly string[] },
): Promise<SettingsAnswer> {
  await applySettings(context, Object.fromEntries(names.map((name) => [name, null])), 'settings.reset');
  return readSettings(context);
}
