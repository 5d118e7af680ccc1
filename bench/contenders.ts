import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './load/job';
import { nginxVersion, startNginx } from './nginx';
import { Program, whereIs } from './program';

export const ROOT = join(import.meta.dirname, '..');
const PEERS = join(import.meta.dirname, 'peers');
const PORTKEY = join(PEERS, 'node_modules', '@portkey-ai', 'gateway');
export const OURS = 'openai-balance';
export const PORTKEY_NAME = '@portkey-ai/gateway';
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
}

/** Where each lane's provider is. */
function baseUrl({ plain, streams }: Origins, lane: Lane): string {
  const urls = {
    plain: `${plain}/v1`,
    faulty: `${plain}/faulty/v1`,
    streams: `${streams}/streams/v1`,
    faulty_streams: `${streams}/faulty/streams/v1`,
  };
  return urls[lane];
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
}

/** The built program with everything on: tokens, several providers, 500 keys, request log, statistics, log lines. */
export async function startGateway({
  folder,
  port,
  origins,
  keys = 500,
  root = ROOT,
  workers = 1,
}: GatewayOptions): Promise<Contender> {
  const settings = [...settingsFor(origins, keys), `WORKERS=${workers}`];
  const program = await startBuilt({ folder, port, root, settings });
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
  settings,
}: Pick<GatewayOptions, 'folder' | 'port' | 'root'> & { readonly settings: readonly string[] }) {
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { recursive: true });
  const envFile = join(folder, 'settings.env');
  writeFileSync(envFile, `${settings.join('\n')}\n`);
  return Program.start({
    command: process.execPath,
    args: ['server.mjs'],
    cwd: root,
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

type PeerOptions = Omit<GatewayOptions, 'keys' | 'root'>;

/** What a proxy in Node costs that does nothing else. */
export async function startBareProxy({ folder, port, origins }: PeerOptions): Promise<Contender> {
  const program = await Program.start({
    command: process.execPath,
    args: [
      '--import',
      'tsx',
      join(import.meta.dirname, 'programs', 'bare-proxy.ts'),
      String(port),
      origins.plain,
    ],
    logFile: join(folder, 'bare-proxy.log'),
    readyUrl: `http://127.0.0.1:${port}/`,
  });
  return {
    name: 'bare undici.dispatch',
    version: `Node ${process.versions.node}`,
    program,
    target: (lane, endpoint) => ({
      port,
      path: new URL(baseUrl(origins, lane) + endpoint).pathname,
      headers: {},
    }),
  };
}

/** The floor: a proxy in C that neither reads nor logs anything. Undefined where nginx is not installed. */
export async function startNginxProxy({
  folder,
  port,
  origins,
}: PeerOptions): Promise<Contender | undefined> {
  if (whereIs('nginx') === undefined) return undefined;
  const pass = (name: string, origin: string) =>
    `upstream ${name} { server ${new URL(origin).host}; keepalive 2048; }`;
  const proxy = 'proxy_http_version 1.1; proxy_set_header connection ""; proxy_buffering off;';
  const program = await startNginx({
    name: 'proxy',
    folder,
    port,
    http: `${pass('plain', origins.plain)} ${pass('streams', origins.streams)}`,
    server: `
      location / { ${proxy} proxy_pass http://plain; }
      location /streams/ { ${proxy} proxy_pass http://streams; }
      location /faulty/streams/ { ${proxy} proxy_pass http://streams; }`,
  });
  return {
    name: 'nginx proxy_pass',
    version: nginxVersion(),
    program,
    target: (lane, endpoint) => ({
      port,
      path: new URL(baseUrl(origins, lane) + endpoint).pathname,
      headers: {},
    }),
  };
}

/** Portkey's gateway, from npm. Undefined, with a word why, where it cannot be installed. */
export async function startPortkey({ folder, port, origins }: PeerOptions): Promise<Contender | undefined> {
  if (!existsSync(PORTKEY)) {
    console.log('installing the peers into bench/peers ...');
    const install = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], {
      cwd: PEERS,
    });
    if (install.status !== 0) {
      console.log(`@portkey-ai/gateway cannot be installed and is left out:\n${String(install.stderr)}`);
      return undefined;
    }
  }
  const { version } = JSON.parse(readFileSync(join(PORTKEY, 'package.json'), 'utf8')) as { version: string };
  const program = await Program.start({
    command: process.execPath,
    args: [join(PORTKEY, 'build', 'start-server.js'), `--port=${port}`, '--headless'],
    env: { NODE_ENV: 'production' },
    logFile: join(folder, 'portkey.log'),
    readyUrl: `http://127.0.0.1:${port}/`,
  });
  return {
    name: PORTKEY_NAME,
    version,
    program,
    target: (lane, endpoint) => ({
      port,
      path: `/v1${endpoint}`,
      headers: {
        authorization: 'Bearer sk-plain-0000000000000000000000000000000000000000',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': baseUrl(origins, lane),
      },
    }),
  };
}
