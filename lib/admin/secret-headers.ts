import type { Role } from '../auth/role';
import { SECRET_MASK } from './contract/values';

/** Names of headers whose values are likely to be credentials. */
const SECRET_NAME = /auth|token|key|secret|pass|pwd|cookie|credential|session|signature/i;

type Headers = Readonly<Record<string, string>>;

export function isSecretName(header: string): boolean {
  return SECRET_NAME.test(header);
}

/**
 * The headers, or parameters, as they may be shown. A name does not tell for sure that its value is no secret: admins
 * alone see one.
 */
export function maskHeaders(headers: Headers, role: Role): Record<string, string> {
  const isSecret = (name: string) => role !== 'admin' || isSecretName(name);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecret(name) ? SECRET_MASK : value]),
  );
}

/**
 * The headers that are meant when some come back masked: those keep the value they have. Names compare without case.
 */
export function unmaskHeaders(given: Headers, current: Headers): Record<string, string> {
  const known = new Map(Object.entries(current).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      value === SECRET_MASK ? (known.get(name.toLowerCase()) ?? value) : value,
    ]),
  );
}
