import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { createConnection } from 'mariadb';
import { freePort } from './free-port';
import { bootServer, endServer, findProgram } from './programs';
import { tempDir } from './temp-dir';

const run = promisify(execFile);

/** What `openStore` takes for MySQL. */
export interface MysqlTestOptions {
  readonly type: 'mysql';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly socketPath: undefined;
}

/** The settings of a server that works on this database. */
export function mysqlSettings({ host, port, user, password, database }: MysqlTestOptions) {
  return {
    DATABASE_TYPE: 'mysql',
    MYSQL_HOST: host,
    MYSQL_PORT: String(port),
    MYSQL_USER: user,
    MYSQL_PASSWORD: password,
    MYSQL_DATABASE: database,
  };
}

export interface MariaDbServer {
  readonly options: MysqlTestOptions;
  readonly socketPath: string;
  /** An empty database of its own. */
  freshDatabase(): Promise<MysqlTestOptions>;
  /** Stops the server and leaves its data. */
  down(): Promise<void>;
  /** Starts it again on the same port. */
  up(): Promise<void>;
  restart(): Promise<void>;
  /** Stops the server and deletes its data. */
  stop(): Promise<void>;
}

const USER = 'balance';
const PASSWORD = 'p@ss word/1';
const READY = { stream: 'stderr', readyWords: 'ready for connections' } as const;

/**
 * A real MariaDB of this machine on a free port, with its data in a temporary folder; undefined when it is not
 * installed.
 */
export async function startMariaDb(): Promise<MariaDbServer | undefined> {
  const [server, install] = [findProgram('mariadbd'), findProgram('mariadb-install-db')];
  if (server === undefined || install === undefined) return undefined;

  const folder = await tempDir('mariadb');
  const datadir = path.join(folder.path, 'data');
  const socketPath = path.join(folder.path, 'server.sock');
  const asUser = process.getuid?.() === 0 ? ['--user=root'] : [];
  await run(install, [
    '--no-defaults',
    `--datadir=${datadir}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    // Two of these at once would take each other's files out of the common one.
    `--tmpdir=${folder.path}`,
    ...asUser,
  ]);

  const port = await freePort();
  const args = [
    '--no-defaults',
    `--datadir=${datadir}`,
    `--socket=${socketPath}`,
    `--tmpdir=${folder.path}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--pid-file=${path.join(folder.path, 'server.pid')}`,
    '--innodb-buffer-pool-size=64M',
    '--innodb-log-file-size=32M',
    '--innodb-flush-log-at-trx-commit=0',
    '--skip-log-bin',
    '--skip-name-resolve',
    // The store has to ask for strictness itself.
    '--sql-mode=',
    ...asUser,
  ];
  let child = await bootServer(server, args, READY);
  const options: MysqlTestOptions = {
    type: 'mysql',
    host: '127.0.0.1',
    port,
    user: USER,
    password: PASSWORD,
    database: 'balance',
    socketPath: undefined,
  };

  async function asRoot(...statements: string[]): Promise<void> {
    const connection = await createConnection({ socketPath, user: 'root' });
    for (const statement of statements) await connection.query(statement);
    await connection.end();
  }

  await asRoot(
    `CREATE USER '${USER}'@'%' IDENTIFIED BY '${PASSWORD}'`,
    `GRANT ALL ON *.* TO '${USER}'@'%'`,
    // latin1 on purpose: the migrations have to name their character set themselves.
    `CREATE DATABASE ${options.database} CHARACTER SET latin1`,
  );

  let databases = 0;
  const down = () => endServer(child, 'SIGTERM');
  const up = async () => {
    child = await bootServer(server, args, READY);
  };
  return {
    options,
    socketPath,
    async freshDatabase() {
      databases += 1;
      const database = `balance_${databases}`;
      await asRoot(`CREATE DATABASE ${database} CHARACTER SET latin1`);
      return { ...options, database };
    },
    down,
    up,
    async restart() {
      await down();
      await up();
    },
    async stop() {
      await down();
      await folder.remove();
    },
  };
}
