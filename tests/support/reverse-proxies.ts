import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import {
  request as askPlain,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as askSecure } from 'node:https';
import { delimiter, join, resolve } from 'node:path';
import { userInfo } from 'node:os';
import { freePort } from './free-port';
import { tieToTestProcess } from './server';
import { tempDir } from './temp-dir';
import { makeCertificate } from './tls';
import { FOLDERS, findProgram } from './programs';
import { waitFor } from './wait-for';

const root = resolve(import.meta.dirname, '../..');

/** The name that the examples give to the gateway. */
export const EXAMPLE_HOST = 'balance.example.com';

export interface Question {
  readonly path: string;
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
}

export interface ReverseProxy {
  readonly url: string;
  /** A request on a connection of its own; whoever calls it ends it. */
  ask(question: Question): ClientRequest;
  stop(): Promise<void>;
}

interface Start {
  readonly folder: string;
  readonly port: number;
  /** Of the gateway. */
  readonly gateway: string;
}

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The example has TLS that can be had without the internet. */
  readonly isSecure: boolean;
}

export const example = (name: string): string => readFileSync(join(root, 'examples', name), 'utf8');

/**
 * The text with a part of it replaced, which must be there: an example that has changed must not be tested by halves.
 */
function swapped(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the example has no '${from}'`);
  return text.replaceAll(from, to);
}

async function nginx({ folder, port, gateway }: Start): Promise<Program> {
  const made = await makeCertificate();
  await writeFile(join(folder, 'key.pem'), made.key);
  await writeFile(join(folder, 'cert.pem'), made.cert);
  await made.remove();
  const live = `/etc/letsencrypt/live/${EXAMPLE_HOST}`;
  return ofNginx(folder, 'nginx.conf', true, [
    ['server 127.0.0.1:8000;', `server ${gateway};`],
    ['listen 80;', `listen 127.0.0.1:${await freePort()};`],
    ['listen 443 ', `listen 127.0.0.1:${port} `],
    [`${live}/fullchain.pem`, join(folder, 'cert.pem')],
    [`${live}/privkey.pem`, join(folder, 'key.pem')],
  ]);
}

/** The example with these parts of it replaced. */
async function ofNginx(
  folder: string,
  name: string,
  isSecure: boolean,
  swaps: readonly (readonly [from: string, to: string])[],
): Promise<Program> {
  const site = swaps.reduce((text, [from, to]) => swapped(text, from, to), example(name));
  const bodies = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const path = join(folder, 'nginx.conf');
  await writeFile(
    path,
    `daemon off;
    ${userInfo().uid === 0 ? 'user root;' : ''}
    pid ${folder}/pid;
    error_log stderr;
    events {}
    http {
      access_log off;
      ${bodies.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join('\n')}
      ${site}
    }`,
  );
  return { command: 'nginx', args: ['-c', path, '-p', folder, '-e', 'stderr'], isSecure };
}

/** Without TLS: for a certificate Caddy would ask an authority, or put one of its own among those of this machine. */
async function caddy({ folder, port, gateway }: Start): Promise<Program> {
  const path = join(folder, 'Caddyfile');
  await writeFile(path, `{\n\tadmin off\n}\n${example('Caddyfile')}`);
  return {
    command: 'caddy',
    args: ['run', '--config', path, '--adapter', 'caddyfile'],
    env: { DOMAIN: `http://${EXAMPLE_HOST}:${port}`, GATEWAY: gateway, HOME: folder, XDG_DATA_HOME: folder },
    isSecure: false,
  };
}

/** With a certificate that Traefik makes itself. */
async function traefik({ folder, port, gateway }: Start): Promise<Program> {
  const routesPath = join(folder, 'traefik-routes.yml');
  let routes = swapped(example('traefik-routes.yml'), 'http://127.0.0.1:8000', `http://${gateway}`);
  routes = swapped(routes, 'tls:\n        certResolver: letsencrypt', 'tls: {}');
  await writeFile(routesPath, routes);
  let config = example('traefik.yml');
  for (const [from, to] of [
    ["address: ':80'", `address: '127.0.0.1:${await freePort()}'`],
    ["address: ':443'", `address: '127.0.0.1:${port}'`],
    ['/etc/traefik/traefik-routes.yml', routesPath],
    ['/var/lib/traefik/acme.json', join(folder, 'acme.json')],
  ] as const) {
    config = swapped(config, from, to);
  }
  const path = join(folder, 'traefik.yml');
  await writeFile(path, `${config}global:\n  checkNewVersion: false\n  sendAnonymousUsage: false\n`);
  return { command: 'traefik', args: [`--configfile=${path}`], isSecure: true };
}

const PROGRAMS = { nginx, caddy, traefik };
export type ReverseProxyName = keyof typeof PROGRAMS;

/** Those that are installed on this machine. */
export const reverseProxies = (Object.keys(PROGRAMS) as ReverseProxyName[]).map((name) => ({
  name,
  isInstalled: findProgram(name) !== undefined,
}));

/** A real reverse proxy before the gateway at this address, configured as its example says. */
export const startReverseProxy = (name: ReverseProxyName, gateway: string): Promise<ReverseProxy> =>
  start((place) => PROGRAMS[name]({ ...place, gateway }));

/** A real nginx before three gateways at these addresses, configured as the example for a cluster says. */
export const startNginxOfCluster = (...gateways: readonly [string, string, string]): Promise<ReverseProxy> =>
  start(({ folder, port }) =>
    ofNginx(folder, 'nginx-cluster.conf', false, [
      // Addresses need no names looked up.
      ['resolver 127.0.0.11 valid=2s;', ''],
      ...gateways.map((gateway, i) => [`gateway-${i + 1}:8000 resolve`, gateway] as const),
      ['listen 80;', `listen 127.0.0.1:${port};`],
    ]),
  );

async function start(program: (place: Omit<Start, 'gateway'>) => Promise<Program>): Promise<ReverseProxy> {
  const folder = await tempDir('reverse-proxy');
  const port = await freePort();
  const { command, args, env, isSecure } = await program({ folder: folder.path, port });
  const child = spawn(command, args, {
    env: { NODE_ENV: 'production', PATH: FOLDERS.join(delimiter), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  tieToTestProcess(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const exited = once(child, 'exit');
  const proxy: ReverseProxy = {
    url: `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}`,
    ask({ path, method = 'GET', headers }) {
      const at = { host: '127.0.0.1', port, path, method, agent: false as const };
      const options = { ...at, headers: { host: EXAMPLE_HOST, ...headers } };
      return isSecure
        ? askSecure({ ...options, servername: EXAMPLE_HOST, rejectUnauthorized: false })
        : askPlain(options);
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await folder.remove();
    },
  };
  await waitFor(async () => child.exitCode !== null || (await isHealthy(proxy)), {
    what: () => `${command} to lead to the gateway; its output:\n${output}`,
  });
  if (child.exitCode !== null) throw new Error(`${command} ended at once; its output:\n${output}`);
  return proxy;
}

async function isHealthy(proxy: ReverseProxy): Promise<boolean> {
  const request = proxy.ask({ path: '/health' }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode === 200;
}
