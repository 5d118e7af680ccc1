import type { Settings } from '../../config/settings';
import type { Logger } from '../../process/logger';
import { TOKEN_CHARACTERS_MIN } from '../../inventory/settings-tokens';

/** Tells what is allowed about the tokens but not wise. */
export function warnOfTokens(
  { AUTH_TOKEN, ALLOWED_TOKENS, METRICS_TOKEN }: Settings,
  adminToken: string,
  logger: Pick<Logger, 'warn'>,
): void {
  if (AUTH_TOKEN === '' || ALLOWED_TOKENS.includes(AUTH_TOKEN)) {
    logger.warn('the admin token is also a client token; set AUTH_TOKEN to a token of its own');
  }
  const isShort = (token: string): boolean => token !== '' && token.length < TOKEN_CHARACTERS_MIN;
  const advice = `has fewer than ${TOKEN_CHARACTERS_MIN} characters and could be guessed`;
  if (isShort(adminToken)) logger.warn(`the admin token ${advice}; set AUTH_TOKEN to a longer one`);
  if (isShort(METRICS_TOKEN)) logger.warn(`METRICS_TOKEN ${advice}`);
}

/** Tells that a change of the file has to wait; without names the file looks like a half one. */
export function warnOfHeldBack(
  names: readonly string[],
  waitMs: number,
  envFile: string,
  logger: Pick<Logger, 'warn'>,
): void {
  const why = names.length === 0 ? 'is not whole' : `may still be written (${names.join(', ')})`;
  logger.warn(`${envFile} ${why}: what it says acts when it has stayed so for ${waitMs / 1000} s`);
}
