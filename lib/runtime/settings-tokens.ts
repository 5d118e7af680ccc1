import { createHmac, randomBytes } from 'node:crypto';
import type { Settings } from '../config/settings';

const SALT = randomBytes(16);

/** Names a token of the settings for as long as this process runs, and tells nothing about it. */
export function settingsTokenId(value: string): string {
  return `settings-${createHmac('sha256', SALT).update(value).digest('hex').slice(0, 16)}`;
}

/** Client tokens of the settings, or the one that was made for want of any. */
export function settingsTokens({ ALLOWED_TOKENS }: Settings, madeToken: () => string): readonly string[] {
  return ALLOWED_TOKENS.length > 0 ? ALLOWED_TOKENS : [madeToken()];
}

/** Opens the dashboard. */
export function adminToken(settings: Settings, madeToken: () => string): string {
  return settings.AUTH_TOKEN === '' ? (settingsTokens(settings, madeToken)[0] ?? '') : settings.AUTH_TOKEN;
}
