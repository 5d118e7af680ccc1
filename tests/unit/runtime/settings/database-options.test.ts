import { describe, expect, it } from 'vitest';
import { readStartupSettings } from '../../../../lib/config/startup';
import { databaseOptions } from '../../../../lib/runtime/settings/database-options';

function optionsOf(env: Record<string, string>) {
  const read = readStartupSettings({ DATABASE_TYPE: 'postgres', ...env }, {});
  return read.ok ? databaseOptions(read.settings) : read.problems.map(({ message }) => message).join();
}

describe('the database that the settings of PostgreSQL name', () => {
  it('is on this machine unless they say otherwise', () => {
    expect(optionsOf({})).toEqual({
      type: 'postgres',
      host: 'localhost',
      port: 5432,
      user: 'postgres',
      password: undefined,
      database: 'defaultdb',
      sslMode: 'disable',
      sslRootCert: undefined,
    });
  });

  it('is that of the address, which the others fill up', () => {
    const POSTGRES = {
      POSTGRES_HOST: 'other',
      POSTGRES_PORT: '6000',
      POSTGRES_PASSWORD: 'filled',
      POSTGRES_SSLMODE: 'require',
    };
    const DATABASE_URL = 'postgresql://me@db.example/bal%61nce';
    expect(optionsOf({ ...POSTGRES, DATABASE_URL })).toMatchObject({
      host: 'db.example',
      port: 6000,
      user: 'me',
      password: 'filled',
      database: 'balance',
      sslMode: 'require',
    });
  });

  it.each<[string, object]>([
    [
      'postgres://u:p%40s%23%2F%25@h:1/d',
      { user: 'u', password: 'p@s#/%', host: 'h', port: 1, database: 'd' },
    ],
    ['postgres://u@[::1]:6543/d', { host: '::1', port: 6543 }],
    ['postgres:///d?host=/var/run/postgresql', { host: '/var/run/postgresql', database: 'd' }],
    [
      'postgres://h/d?sslmode=verify-full&sslrootcert=/a%20b.pem',
      { sslMode: 'verify-full', sslRootCert: '/a b.pem' },
    ],
  ])('%s', (DATABASE_URL, expected) => {
    expect(optionsOf({ DATABASE_URL })).toMatchObject(expected);
  });

  it.each([
    ['mysql://u:hunter2pass@h/d', 'must start with postgres://'],
    ['postgres://u:hunter2pass@h', 'must end with the name of a database'],
    ['postgres://u:hunter2pass@h/d/e', 'must end with the name of a database'],
    ['postgres://u:hunter2pass@/d', 'must be a valid address'],
    ['postgres:///d', 'must name a host'],
    ['postgres://u:hunter2pass@h/d#x', 'a fragment'],
    ['postgres://u:hunter2#pass@h/d', '# in a password'],
    ['postgres://u:hunter2%pass@h/d', 'unescaped %'],
    ['postgres://u:hunter2pass@h/d?sslmode=prefer', 'verify-full'],
    ['postgres://u:hunter2pass@h/d?schema=s', 'no parameters but host, sslmode, sslrootcert'],
    ['postgres://u:hunter2 pass@h/d', 'without spaces'],
  ])('%s is refused, without the password', (DATABASE_URL, words) => {
    const said = optionsOf({ DATABASE_URL });
    expect(said).toContain('DATABASE_URL: ');
    expect(said).toContain(words);
    expect(said).not.toContain('hunter2');
  });

  it('is nobody else’s business: platforms set DATABASE_URL for other programs, too', () => {
    expect(optionsOf({ DATABASE_TYPE: 'mysql', DATABASE_URL: 'mysql://u:p@h/d' })).toMatchObject({
      type: 'mysql',
      host: 'localhost',
    });
    expect(optionsOf({ DATABASE_TYPE: 'sqlite', DATABASE_URL: 'nonsense' })).toMatchObject({
      type: 'sqlite',
    });
  });
});
