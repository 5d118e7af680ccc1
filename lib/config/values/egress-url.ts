import { z } from 'zod';
import { keyHint } from '../../balancer/attribution/key-hint';
import { redactUrl } from '../redact-url';

const schemes = new Set(['http', 'https', 'socks5', 'socks5h']);
const allowed =
  'allowed are http://, https://, socks5:// and socks5h:// with a host and optional user:password and port';
const escapeHint = '(reserved characters in a user or password are written as %XX)';

/** The address of an egress proxy. A refusal shows its scheme and host, never the user or password. */
export const egressUrlSchema = z.string().superRefine((value, context) => {
  const reason = reasonAgainst(value);
  if (reason === undefined) return;
  context.addIssue({ code: 'custom', message: `${reason}; ${allowed}`, params: { shown: redactUrl(value) } });
});

/** The form in which egress proxies are compared: lower-case scheme, no trailing slash. */
export function normalizeEgressUrl(raw: string): string {
  return raw.replace(/^[^:/]+:\/\//, (scheme) => scheme.toLowerCase()).replace(/(?<=[^/])\/$/, '');
}

/**
 * How a valid address is shown: `socks5://user:***@host:1080`, never with its password. A user name without a password
 * is often a token, so that there is only its hint.
 */
export function egressHint(url: string): string {
  const { protocol, username, password, host } = new URL(url);
  return `${protocol}//${userHint(username, password)}${host}`;
}

function userHint(username: string, password: string): string {
  if (password !== '') return `${username}:***@`;
  return username === '' ? '' : `${keyHint(username)}@`;
}

function reasonAgainst(value: string): string | undefined {
  if (/\s/.test(value)) return 'contains a space';
  if (/[^\x21-\x7e]/.test(value)) return `contains a character that is not ASCII ${escapeHint}`;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1]?.toLowerCase();
  if (scheme === undefined) return 'has no scheme';
  if (!schemes.has(scheme)) return 'has a scheme that is not supported';
  const rest = value.slice(scheme.length + '://'.length);
  return reasonAgainstRest(rest);
}

function reasonAgainstRest(rest: string): string | undefined {
  const authority = rest.split(/[/?#\\]/)[0] ?? '';
  const hostAndPort = authority.slice(authority.lastIndexOf('@') + 1);
  if (hostAndPort === '' || hostAndPort.startsWith(':')) return 'has no host';
  // The URL class checks hosts and ports of http, but hardly those of socks5.
  const address = `http://${rest}`;
  if (!URL.canParse(address)) return `is not a valid address ${escapeHint}`;
  const url = new URL(address);
  if (url.pathname !== '/' || /[?#\\]/.test(rest)) return `has something after the host ${escapeHint}`;
  if (url.port === '0') return 'has port 0';
  if (authority.split('@').length > 2 || hasBrokenEscape(url)) return `has an unescaped @ or % ${escapeHint}`;
  return undefined;
}

/** Everyone who dials decodes user and password, and would throw at a lone %. */
function hasBrokenEscape(url: URL): boolean {
  try {
    decodeURIComponent(url.username);
    decodeURIComponent(url.password);
    return false;
  } catch {
    return true;
  }
}
