import type { Settings } from '../config/settings';
import type { ClientTokenStore } from '../store/client-tokens';

const PREFIX = 'settings-';

/** Names a token of the settings: the same at all instances and after a restart. Tells nothing about it. */
export function settingsTokenId(tokens: Pick<ClientTokenStore, 'nameOf'>, value: string): string {
  return `${PREFIX}${tokens.nameOf(value)}`;
}

export const isSettingsTokenId = (id: string): boolean => id.startsWith(PREFIX);

/** Client tokens of the settings, or the one that was made because there was none. */
export function settingsTokens({ ALLOWED_TOKENS }: Settings, madeToken: () => string): readonly string[] {
  return ALLOWED_TOKENS.length > 0 ? ALLOWED_TOKENS : [madeToken()];
}

/** Opens the dashboard. */
export function adminToken(settings: Settings, madeToken: () => string): string {
  return settings.AUTH_TOKEN === '' ? (settingsTokens(settings, madeToken)[0] ?? '') : settings.AUTH_TOKEN;
}

/** Admin tokens shorter than this can be guessed. */
export const TOKEN_CHARACTERS_MIN = 16;

/**
 * Keeps AUTH_TOKEN while the program runs: once there was one, losing it changes nothing until the next start, because
 * a client token would become the admin's.
 */
export class AuthTokenKeeper {
  #last = '';
  #hasWarned = false;

  constructor(private readonly onLost: () => void) {}

  /** These settings, with the AUTH_TOKEN that is in force. */
  inForce(settings: Settings): Settings {
    if (settings.AUTH_TOKEN !== '') {
      this.#last = settings.AUTH_TOKEN;
      this.#hasWarned = false;
      return settings;
    }
    if (this.#last === '') return settings;
    if (!this.#hasWarned) this.onLost();
    this.#hasWarned = true;
    return { ...settings, AUTH_TOKEN: this.#last };
  }
}
