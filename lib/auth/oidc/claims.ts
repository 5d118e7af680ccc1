import { OidcError } from './failure';

export type Claims = Readonly<Record<string, unknown>>;

/**
 * The claims of a verified ID token, with what the provider answers about its user laid over them. An address goes with
 * its own `email_verified` only: that of the other source may be about another address. Throws an OidcError if the
 * answer is no object.
 */
export function claimsOfBoth(idToken: Claims, answer: unknown): Claims {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw new OidcError('unfit', 'userinfo_no_object');
  }
  const told = answer as Claims;
  const { email, email_verified } = Object.hasOwn(told, 'email') ? told : idToken;
  return { ...idToken, ...told, email, email_verified, iss: idToken.iss, sub: idToken.sub };
}
