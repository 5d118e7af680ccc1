import type { Role } from '../role';
import { smallAscii } from './address';
import type { OidcIdentity } from './identity';
import { hasOidc, providerOf, type OidcSettings } from './settings';

type Identified = Pick<OidcIdentity, 'provider' | 'email' | 'values'>;

/**
 * What the settings let somebody do now: the strongest role of all entries that fit. Undefined if none does, or if
 * people sign in elsewhere meanwhile.
 */
export function roleOf(identity: Identified, settings: OidcSettings): Role | undefined {
  const { OIDC_ADMINS, OIDC_OPERATORS, OIDC_VIEWERS } = settings;
  if (!hasOidc(settings) || identity.provider !== providerOf(settings)) return undefined;
  const fits = (entry: string): boolean => isMeant(identity, entry);
  if (OIDC_ADMINS.some(fits)) return 'admin';
  if (OIDC_OPERATORS.some(fits)) return 'operator';
  return OIDC_VIEWERS.some(fits) ? 'viewer' : undefined;
}

function isMeant({ email, values }: Identified, entry: string): boolean {
  if (entry === '*') return true;
  const address = smallAscii(entry);
  if (address.startsWith('@')) return email?.slice(email.lastIndexOf('@')) === address;
  return values.includes(entry) || email === address;
}
