import type { AdminContext } from '../context';
import type { TokenSurroundings } from './token-fields';

export function surroundingsOf({ configuration, settings, now }: AdminContext): TokenSurroundings {
  return {
    providers: configuration.inventory.providers.map(({ slug }) => slug),
    zone: settings.current.TIMEZONE,
    now: now(),
  };
}

/** The values of all tokens, those of the settings too. */
export function tokenValues({ configuration }: AdminContext): Set<string> {
  const { inventory, settingsTokens, adminToken } = configuration;
  const own = inventory.clientTokens.map(({ value }) => value);
  return new Set([...own, ...settingsTokens.map(({ value }) => value), adminToken]);
}
