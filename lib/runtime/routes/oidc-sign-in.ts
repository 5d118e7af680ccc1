import { cookies } from 'next/headers';
import { OIDC_FAILURES, type OidcFailure } from '../../auth/oidc/failure';
import { REFUSED_COOKIE, refusedName } from '../../auth/oidc/refused-cookie';
import { hasOidc } from '../../auth/oidc/settings';
import { currentRuntime } from './current';

interface OidcSignIn {
  /** What the button says. */
  readonly name: string;
  /** Why the last try did not work. */
  readonly failure: OidcFailure | 'no_role_nameless' | undefined;
  /** Who was refused then, as the provider calls them. */
  readonly refused: string | undefined;
}

/** For the sign-in page: how to sign in at the OpenID provider; undefined if there is none. `error`: of the address. */
export async function oidcSignIn(error: unknown): Promise<OidcSignIn | undefined> {
  const { auth } = currentRuntime().admin;
  if (!hasOidc(auth.oidc)) return undefined;
  const { OIDC_NAME: name } = auth.oidc;
  const failure = OIDC_FAILURES.find((one) => one === error);
  if (failure !== 'no_role') return { name, failure, refused: undefined };
  const refused = await refusedName((await cookies()).get(REFUSED_COOKIE)?.value, auth.sessionSecret);
  return { name, failure: refused === undefined ? 'no_role_nameless' : failure, refused };
}
