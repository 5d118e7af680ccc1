import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from './free-port';
import { bootServer, endServer } from './programs';
import { tempDir } from './temp-dir';

const run = promisify(execFile);

/** What `openStore` takes for PostgreSQL. */
export interface PostgresTestOptions {
  readonly type: 'postgres';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly sslMode: 'disable';
  readonly sslRootCert: undefined;
}

/** The settings of a server that works on this database. */
export function postgresSettings({ host, port, user, password, database }: PostgresTestOptions) {
  return {
    DATABASE_TYPE: 'postgres',
    POSTGRES_HOST: host,
    POSTGRES_PORT: String(port),
    POSTGRES_USER: user,
    POSTGRES_PASSWORD: password,
    POSTGRES_DATABASE: database,
  };
}

export interface PostgresServer {
  readonly options: PostgresTestOptions;
  /** Also the folder of its socket. */
  readonly folder: string;
  /** An empty database of its own. */
  freshDatabase(): Promise<PostgresTestOptions>;
  /** Runs statements as the administrator of the whole server. */
  asRoot(...statements: string[]): Promise<void>;
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
const READY = { stream: 'stderr', readyWords: 'database system is ready to accept connections' } as const;
/** Where Debian keeps each version. */
const VERSIONS = '/usr/lib/postgresql';

/** The folder with the programs of the newest version of this machine. */
export async function findPostgres(): Promise<string | undefined> {
  const versions = await readdir(VERSIONS).catch(() => []);
  const newest = versions
    .map(Number)
    .filter((version) => existsSync(path.join(VERSIONS, String(version), 'bin', 'postgres')))
    .sort((a, b) => b - a)[0];
  return newest === undefined ? undefined : path.join(VERSIONS, String(newest), 'bin');
}

/**
 * A real PostgreSQL of this machine on a free port, with its data in a temporary folder; undefined when it is not
 * installed. `settings` are more of its own, such as `ssl=on`.
 */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer | undefined> {
  const programs = await findPostgres();
  if (programs === undefined) return undefined;
  const folder = await tempDir('postgres');
  const data = path.join(folder.path, 'data');
  const user = await unprivileged();
  await mkdir(data, { mode: 0o700 });
  if (user !== undefined) for (const one of [folder.path, data]) await chown(one, user.uid, user.gid);
  await run(
    path.join(programs, 'initdb'),
    [
      `--pgdata=${data}`,
      '--username=root',
      '--auth-local=trust',
      '--auth-host=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ],
    { ...user, cwd: folder.path },
  );

  const port = await freePort();
  const args = [
    `-D${data}`,
    `-p${port}`,
    '-clisten_addresses=127.0.0.1',
    `-cunix_socket_directories=${folder.path}`,
    '-cfsync=off',
    '-cfull_page_writes=off',
    '-cshared_buffers=32MB',
    '-cautovacuum_max_workers=1',
    ...settings.map((setting) => `-c${setting}`),
  ];
  const boot = () => bootServer(path.join(programs, 'postgres'), args, { ...READY, ...user });
  let child = await boot();
  const options: PostgresTestOptions = {
    type: 'postgres',
    host: '127.0.0.1',
    port,
    user: USER,
    password: PASSWORD,
    database: 'balance',
    sslMode: 'disable',
    sslRootCert: undefined,
  };

  async function asRoot(...statements: string[]): Promise<void> {
    const connection = new Client({
      host: folder.path,
      port,
      user: 'root',
      database: 'postgres',
      ssl: false,
    });
    await connection.connect();
    for (const statement of statements) await connection.query(statement);
    await connection.end();
  }

  // Letters in the order of a language on purpose: the migrations have to name their collation themselves.
  const create = (database: string) =>
    `CREATE DATABASE ${database} OWNER ${USER} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de'`;
  await asRoot(`CREATE USER ${USER} PASSWORD '${PASSWORD}'`, create(options.database));

  let databases = 0;
  // A fast shutdown: SIGTERM would wait until all have left.
  const down = () => endServer(child, 'SIGINT');
  const up = async () => {
    child = await boot();
  };
  return {
    options,
    folder: folder.path,
    async freshDatabase() {
      databases += 1;
      const database = `balance_${databases}`;
      await asRoot(create(database));
      return { ...options, database };
    },
    asRoot,
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

/** PostgreSQL does not run as root; undefined where the test does not either. */
async function unprivileged(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const [, , uid, gid] = users.find(([name]) => name === 'postgres') ?? [];
  return { uid: Number(uid ?? 65_534), gid: Number(gid ?? 65_534) };
}
