import { z } from 'zod';
import { withoutOuterQuotes } from '../raw-text';
import { redactUrl } from '../redact-url';
import type { ValueType } from '../value-type';

export const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

/** What an address says. */
export interface PostgresAddress {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly sslMode?: (typeof SSL_MODES)[number];
  readonly sslRootCert?: string;
}

const PARAMETERS = ['host', 'sslmode', 'sslrootcert'];

/** The address of a PostgreSQL database, with user and password; empty for none. */
export const postgresUrl: ValueType<string> = {
  schema: z.codec(
    z.string(),
    z.string().superRefine((value, context) => {
      const message = value === '' ? undefined : reasonAgainst(value);
      if (message !== undefined)
        context.addIssue({ code: 'custom', message, params: { shown: redactUrl(value) } });
    }),
    { decode: (raw) => withoutOuterQuotes(raw), encode: (value) => value },
  ),
  input: { kind: 'text' },
};

// oxlint-disable-next-line complexity -- a list: a sentence for each thing that can be wrong
function reasonAgainst(value: string): string | undefined {
  if (/[\s\\]/.test(value)) return 'must be an address without spaces and backslashes';
  if (!/^postgres(ql)?:\/\//i.test(value)) return 'must start with postgres:// or postgresql://';
  if (!URL.canParse(value)) return 'must be a valid address; @, %, / and # in a password have to be escaped';
  const { hostname, pathname, searchParams, hash, username, password } = new URL(value);
  if (hash !== '') return 'must not contain a fragment (#)';
  if (hostname === '' && !searchParams.has('host')) return 'must name a host';
  if (!/^\/[^/]+$/.test(pathname)) return 'must end with the name of a database, as /balance';
  if ([username, password, pathname].some((part) => !isEscaped(part))) return 'has an unescaped %';
  const unknown = [...searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) return `takes no parameters but ${PARAMETERS.join(', ')}`;
  const sslMode = searchParams.get('sslmode');
  if (sslMode !== null && !isSslMode(sslMode)) return `takes one of ${SSL_MODES.join(', ')} as sslmode`;
  return undefined;
}

const isSslMode = (text: string): text is (typeof SSL_MODES)[number] =>
  (SSL_MODES as readonly string[]).includes(text);

function isEscaped(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Takes an address apart that `postgresUrl` accepts; an empty one says nothing. */
export function postgresAddress(value: string): PostgresAddress {
  if (value === '') return {};
  const { hostname, port, username, password, pathname, searchParams } = new URL(value);
  const parts = {
    // The folder of a socket stands in the query, because it does not fit into the place of a host.
    host: searchParams.get('host') ?? hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? '' : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    sslMode: searchParams.get('sslmode') ?? '',
    sslRootCert: searchParams.get('sslrootcert') ?? '',
  };
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== '')) as PostgresAddress;
}
