import type { KeyState } from '../pool/key-state';

/** Shorter ones could match by accident and would damage the text. */
export const SECRET_LENGTH_MIN = 6;
const DESCRIPTION_LENGTH_MAX = 300;

/** The text with the hint wherever it holds the key. */
export function withoutSecret({ config: { secret, hint } }: Pick<KeyState, 'config'>, text: string): string {
  return secret.length < SECRET_LENGTH_MIN ? text : text.replaceAll(secret, hint);
}

/**
 * `401 invalid_api_key: Incorrect API key provided`, at most 300 characters. Where the upstream repeats the key, its
 * hint stands instead.
 */
export function describeFailure(
  key: Pick<KeyState, 'config'>,
  status: number,
  said: { readonly code: string | undefined; readonly message: string | undefined } | undefined,
): string {
  const details = [said?.code, said?.message].filter((part) => part !== undefined && part !== '');
  const description = [String(status), details.join(': ')].filter((part) => part !== '').join(' ');
  return withoutSecret(key, description).slice(0, DESCRIPTION_LENGTH_MAX);
}
