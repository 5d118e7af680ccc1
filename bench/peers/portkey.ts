import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseUrl, keysOf } from '../contenders';
import { Program } from '../program';
import type { Peer } from './peer';

const PORTKEY = join(import.meta.dirname, 'node_modules', '@portkey-ai', 'gateway');

/** Portkey's gateway, from npm. */
export const portkey: Peer = {
  name: 'portkey',
  setUp:
    'from npm, `--headless`, with the last @hono/node-server that it works with; provider and key come with each request; it has neither keys of its own nor a log',
  async start({ folder, port, origins, core }) {
    install();
    const { version } = JSON.parse(readFileSync(join(PORTKEY, 'package.json'), 'utf8')) as {
      version: string;
    };
    const program = await Program.start({
      command: process.execPath,
      args: [join(PORTKEY, 'build', 'start-server.js'), `--port=${port}`, '--headless'],
      core,
      logFile: join(folder, 'portkey.log'),
      readyUrl: `http://127.0.0.1:${port}/`,
    });
    return {
      name: 'portkey',
      version,
      program,
      target: (lane, endpoint) => ({
        port,
        path: `/v1${endpoint}`,
        headers: {
          authorization: `Bearer ${keysOf('plain', 1).join('')}`,
          'x-portkey-provider': 'openai',
          'x-portkey-custom-host': baseUrl(origins, lane),
        },
      }),
    };
  },
};

function install(): void {
  if (existsSync(PORTKEY)) return;
  console.log('installing @portkey-ai/gateway into bench/peers ...');
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: import.meta.dirname,
  });
  if (status !== 0) throw new Error(`@portkey-ai/gateway cannot be installed: ${String(stderr).trim()}`);
}
