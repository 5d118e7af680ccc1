import type { SecretsFile } from './secrets';

/**
 * The client token of an installation that configured none. A new one is shown once, on standard output and not in the
 * log.
 */
export function madeToken(secrets: SecretsFile): string {
  const { token, isNew } = secrets.clientToken();
  if (isNew) {
    process.stdout.write(
      `\nNo ALLOWED_TOKENS are set, so a token was made. Clients send it as their API key, and it opens the dashboard ` +
        `as long as there is no AUTH_TOKEN. It is kept in ${secrets.path}:\n\n    ${token}\n\n`,
    );
  }
  return token;
}
