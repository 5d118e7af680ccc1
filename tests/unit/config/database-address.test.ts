import { describe, expect, it } from 'vitest';
import { databaseAddress } from '../../../lib/config/values/database-address';

const mysql = {
  type: 'mysql',
  host: 'db',
  port: 3306,
  user: 'u',
  password: 'p@:/s',
  database: 'd',
  socketPath: undefined,
};

describe('the address of a database', () => {
  it.each([
    ['u:p@:/s@tcp(db:3306)/d?charset=utf8mb4&parseTime=True', mysql],
    ['u:p@:/s@tcp(db)/d', mysql],
    ['mysql://u:p%40%3A%2Fs@db/d', mysql],
    ['mysql+pymysql://u:p%40%3A%2Fs@db:3306/d', mysql],
    [
      'u@unix(/run/mysqld.sock)/d',
      { ...mysql, host: 'localhost', password: undefined, socketPath: '/run/mysqld.sock' },
    ],
    ['root:@tcp([::1]:3307)/d', { ...mysql, host: '::1', port: 3307, user: 'root', password: '' }],
    [
      'postgresql://u:p%40@db:5433/d?schema=public&sslmode=require',
      {
        type: 'postgres',
        host: 'db',
        port: 5433,
        user: 'u',
        password: 'p@',
        database: 'd',
        sslMode: 'require',
      },
    ],
    [
      'postgres://db/d?sslmode=prefer',
      { type: 'postgres', host: 'db', user: 'postgres', sslMode: 'disable' },
    ],
  ])('%s', (text, address) => {
    expect(databaseAddress(text)).toMatchObject(address);
  });

  it.each(['data/one-api.db', '/srv/db.sqlite', 'C:\\data\\x.db', '', 'http://db/d'])(
    'is not "%s"',
    (text) => {
      expect(databaseAddress(text)).toBeUndefined();
    },
  );

  it.each([
    ['postgres://u:p%@db/d', /unescaped %/],
    ['mysql://u:p%zz@db/d', /unescaped %/],
    ['mysql://db/', /name of a database/],
    ['postgres://db', /name of a database/],
    ['mysql://u:p@ss:w@/d', /no valid one/],
  ])('of "%s" says what is wrong', (text, reason) => {
    expect(databaseAddress(text)).toEqual({ reason: expect.stringMatching(reason) as string });
  });
});
