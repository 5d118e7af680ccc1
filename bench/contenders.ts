import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './load/job';
import { Program } from './program';

export const ROOT = join(import.meta.dirname, '..');
export const OURS = 'openai-balance';
export const ADMIN_TOKEN = 'bench-admin-token-0123456789';
const CLIENT_TOKEN = 'bench-client-token-0123456789';

/** Where the providers of a measurement are. */
export interface Origins {
  /** Of plain answers. */
  readonly plain: string;
  /** Of event streams. */
  readonly streams: string;
}

/** Which provider a request is for. */
export type Lane = 'plain' | 'faulty' | 'streams' | 'faulty_streams';

/** Something that stands between the load and the upstream. */
export interface Contender {
  readonly name: string;
  readonly version: string;
  readonly program: Program;
  /** Where and how a request for the endpoint (`/chat/completions`) is sent so that it reaches the lane's provider. */
  target(lane: Lane, endpoint: string): Pick<Target, 'port' | 'path' | 'headers'>;
  /** What the name of a model must begin with so that its request reaches the lane's provider. Default: nothing. */
  modelPrefix?(lane: Lane): string;
}

/** Where each lane's provider is. */
export function baseUrl({ plain, streams }: Origins, lane: Lane): string {
  const urls = {
    plain: `${plain}/v1`,
    faulty: `${plain}/faulty/v1`,
    streams: `${streams}/streams/v1`,
    faulty_streams: `${streams}/faulty/streams/v1`,
  };
  return urls[lane];
}

/** The path of a request that a proxy passes on as it is. */
export function pathOf(origins: Origins, lane: Lane, endpoint: string): string {
  return new URL(baseUrl(origins, lane) + endpoint).pathname;
}

export function keysOf(provider: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `sk-${provider}-${String(index).padStart(40, '0')}`);
}

export interface GatewayOptions {
  readonly folder: string;
  readonly port: number;
  readonly origins: Origins;
  /** Of the default provider. Default 500. */
  readonly keys?: number;
  /** Where the built program stands. Default: here. */
  readonly root?: string;
  /** Processes that serve; 1 if not given. */
  readonly workers?: number;
  /** The only core that it may run on. Default: all. */
  readonly core?: string | undefined;
}

/** The built program with everything on: tokens, several providers, 500 keys, request log, statistics, log lines. */
export async function startGateway({
  folder,
  port,
  origins,
  keys = 500,
  root = ROOT,
  workers = 1,
  core,
}: GatewayOptions): Promise<Contender> {
  const settings = [...settingsFor(origins, keys), `WORKERS=${workers}`];
  const program = await startBuilt({ folder, port, root, core, settings });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return {
    name: OURS,
    version,
    program,
    target: (lane, endpoint) => ({
      port,
      path: lane === 'plain' ? `/v1${endpoint}` : `/${lane}/v1${endpoint}`,
      headers: { authorization: `Bearer ${CLIENT_TOKEN}` },
    }),
  };
}

/** The program that was built in `root`, with an empty database in `folder`. `settings` are lines of an .env file. */
export function startBuilt({
  folder,
  port,
  root = ROOT,
  core,
  settings,
}: Pick<GatewayOptions, 'folder' | 'port' | 'root' | 'core'> & { readonly settings: readonly string[] }) {
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { recursive: true });
  const envFile = join(folder, 'settings.env');
  writeFileSync(envFile, `${settings.join('\n')}\n`);
  return Program.start({
    command: process.execPath,
    args: ['server.mjs'],
    cwd: root,
    core,
    env: { PORT: String(port), HOST: '127.0.0.1', DATA_DIR: dataDir, ENV_FILE: envFile },
    logFile: join(folder, 'gateway.log'),
    readyUrl: `http://127.0.0.1:${port}/ready`,
  });
}

function settingsFor(origins: Origins, keys: number): readonly string[] {
  const others = (['faulty', 'streams', 'faulty_streams'] as const).map((lane) => ({
    name: lane,
    path: lane,
    base_url: baseUrl(origins, lane),
    api_keys: keysOf(lane, 100),
  }));
  return [
    `API_KEYS='${keysOf('plain', keys).join(',')}'`,
    `BASE_URL=${baseUrl(origins, 'plain')}`,
    `PROVIDERS_CONFIG='${JSON.stringify(others)}'`,
    `ALLOWED_TOKENS=${CLIENT_TOKEN}`,
    `AUTH_TOKEN=${ADMIN_TOKEN}`,
    'DRAIN_SECONDS=0',
  ];
}
