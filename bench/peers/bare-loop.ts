import { join } from 'node:path';
import { pathOf } from '../contenders';
import { Program } from '../program';
import type { Peer } from './peer';

/** What a proxy in Node costs that does nothing else. */
export const bareLoop: Peer = {
  name: 'bare-loop',
  setUp: '`undici.dispatch` between two sockets: no keys, no checks, no log',
  async start({ folder, port, origins, core }) {
    const program = await Program.start({
      command: process.execPath,
      args: [
        '--import',
        'tsx',
        join(import.meta.dirname, '..', 'programs', 'bare-proxy.ts'),
        String(port),
        origins.plain,
        origins.streams,
      ],
      core,
      logFile: join(folder, 'bare-proxy.log'),
      readyUrl: `http://127.0.0.1:${port}/`,
    });
    return {
      name: 'bare-loop',
      version: `Node ${process.versions.node}`,
      program,
      target: (lane, endpoint) => ({ port, path: pathOf(origins, lane, endpoint), headers: {} }),
    };
  },
};
