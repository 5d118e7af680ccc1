import { OidcError } from './failure';

const CLOCK_SLACK_SECONDS = 300;

export type Claims = Readonly<Record<string, unknown>>;

/**
 * The claims of a verified ID token, with what the provider answers about its user laid over them. An address goes with
 * an `email_verified` that is about it: that of the other source only where it names the same address. Throws an
 * OidcError if the answer is no object.
 */
export function claimsOfBoth(idToken: Claims, answer: unknown): Claims {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw new OidcError('unfit', 'userinfo_no_object');
  }
  const told = answer as Claims;
  const [source, other] = Object.hasOwn(told, 'email') ? [told, idToken] : [idToken, told];
  const { email } = source;
  const isTold = Object.hasOwn(source, 'email_verified') || other.email !== email;
  const { email_verified } = isTold ? source : other;
  return { ...idToken, ...told, email, email_verified, iss: idToken.iss, sub: idToken.sub };
}

/** Throws an OidcError if the ID token says that it is from the future, by more than clocks differ. */
export function assertIssued({ iat }: Claims, now: number): void {
  if (typeof iat === 'number' && iat > now / 1000 + CLOCK_SLACK_SECONDS) {
    throw new OidcError('unfit', 'id_token_from_the_future');
  }
}

/** What the library throws when the answer is `null`; any other error is thrown again. */
export function nullAsAnswer(error: unknown): null {
  if (error instanceof TypeError && error.message.includes('of null')) return null;
  throw error;
}
