import { hidden } from './value-type';

const hostPattern = /^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*)(:\d{1,5})?$/i;

/**
 * The part of an address that is safe to show: scheme, host and port. User, password, query and fragment never
 * come through, and neither does anything that does not look like a host, because it may be a password that was
 * put in the wrong place. Works on broken addresses too.
 */
export function redactUrl(raw: string): string {
  const scheme = /^[a-z][a-z0-9+.-]{0,15}:\/\//i.exec(raw)?.[0] ?? '';
  const rest = raw.slice(scheme.length);
  const authority = rest.slice(rest.lastIndexOf('@') + 1).split(/[/?#\\]/)[0] ?? '';
  const userInfo = rest.includes('@') ? `${hidden}@` : '';
  const looksLikeHost = hostPattern.test(authority) && (scheme !== '' || authority.includes(':'));
  return `"${scheme}${userInfo}${looksLikeHost ? authority : hidden}"`;
}
