import { z } from 'zod';
import { withoutOuterQuotes } from '../raw-text';
import { redactUrl } from '../redact-url';
import type { ValueType } from '../value-type';

/** The address of a Redis or Valkey server, with user, password and database number; empty for none. */
export const redisUrl: ValueType<string> = {
  schema: z.codec(
    z.string(),
    z.string().superRefine((value, context) => {
      const message = reasonAgainst(value);
      if (message !== undefined)
        context.addIssue({ code: 'custom', message, params: { shown: redactUrl(value) } });
    }),
    { decode: (raw) => withoutOuterQuotes(raw), encode: (value) => value },
  ),
  input: { kind: 'text' },
};

function reasonAgainst(value: string): string | undefined {
  if (value === '') return undefined;
  if (/[\s\\]/.test(value)) return 'must be an address without spaces and backslashes';
  if (!/^rediss?:\/\/[^/]/i.test(value)) return 'must start with redis:// or rediss:// and a host';
  if (!URL.canParse(value))
    return 'must be a valid redis:// or rediss:// address; % and @ in a password have to be escaped';
  const { hostname, pathname, search, hash, username, password } = new URL(value);
  if (hostname === '') return 'must name a host';
  if (!/^\/?\d{0,5}$/.test(pathname)) return 'may end with the number of a database and nothing else, as /0';
  if (search !== '' || hash !== '') return 'must not contain a query or fragment (? or #)';
  return isEscaped(username) && isEscaped(password)
    ? undefined
    : 'has an unescaped % in its user or password';
}

function isEscaped(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
