import { postgresAddress, SSL_MODES } from './postgres-url';

/** A database that an address names, in any of the forms that other programs write them in. */
export type DatabaseAddress =
  | {
      readonly type: 'mysql';
      readonly host: string;
      readonly port: number;
      readonly user: string | undefined;
      readonly password: string | undefined;
      readonly database: string;
      readonly socketPath: string | undefined;
    }
  | {
      readonly type: 'postgres';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string | undefined;
      readonly database: string;
      readonly sslMode: (typeof SSL_MODES)[number];
      readonly sslRootCert: string | undefined;
    };

const POSTGRES = /^postgres(ql)?(\+\w+)?:\/\//i;
const MYSQL = /^(mysql|mariadb)(\+\w+)?:\/\//i;
/** As Go's driver has it: `user:password@tcp(host:3306)/name?charset=utf8mb4`. */
const GO_MYSQL = /^(?:([^:@/]*)(?::(.*))?@)?(tcp|unix)\(([^)]+)\)\/([^?]+)(?:\?.*)?$/i;

/**
 * Takes the address of a MySQL or PostgreSQL database apart: one with a scheme, or one of Go's driver for MySQL.
 * undefined for what is no address, such as the path of a file.
 */
export function databaseAddress(text: string): DatabaseAddress | { readonly reason: string } | undefined {
  const go = GO_MYSQL.exec(text);
  if (go !== null) return goMysql(go);
  const isPostgres = POSTGRES.test(text);
  if (!isPostgres && !MYSQL.test(text)) return undefined;
  if (!URL.canParse(text))
    return { reason: 'is no valid one; @, %, / and # in a password have to be escaped' };
  try {
    return isPostgres ? postgres(text) : mysql(new URL(text));
  } catch {
    return { reason: 'has an unescaped %' };
  }
}

function goMysql([, user, password, net, place = '', database = '']: RegExpExecArray): DatabaseAddress {
  const isSocket = net?.toLowerCase() === 'unix';
  const [, host = place, port = '3306'] = /^(.*?)(?::(\d+))?$/.exec(place) ?? [];
  return {
    type: 'mysql',
    host: isSocket ? 'localhost' : host.replace(/^\[|\]$/g, ''),
    port: isSocket ? 3306 : Number(port),
    user,
    password,
    database,
    socketPath: isSocket ? place : undefined,
  };
}

function mysql(url: URL): DatabaseAddress | { readonly reason: string } {
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === '') return { reason: 'must end with the name of a database' };
  const given = (text: string): string | undefined => (text === '' ? undefined : decodeURIComponent(text));
  return {
    type: 'mysql',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 3306 : Number(url.port),
    user: given(url.username),
    password: given(url.password),
    database,
    socketPath: url.searchParams.get('unix_socket') ?? url.searchParams.get('socket') ?? undefined,
  };
}

function postgres(text: string): DatabaseAddress | { readonly reason: string } {
  const address = postgresAddress(text);
  if (address.database === undefined) return { reason: 'must end with the name of a database' };
  const sslMode = SSL_MODES.find((one) => one === address.sslMode);
  return {
    type: 'postgres',
    host: address.host ?? 'localhost',
    port: address.port ?? 5432,
    user: address.user ?? 'postgres',
    password: address.password,
    database: address.database,
    // Without one, and with `prefer`, clients take what they get; over TLS only if it is asked for.
    sslMode: sslMode ?? 'disable',
    sslRootCert: address.sslRootCert,
  };
}
