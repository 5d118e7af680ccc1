import { pathOf } from '../contenders';
import { nginxVersion, startNginx } from '../nginx';
import { whereIs } from '../program';
import type { Peer } from './peer';

/** The floor: a proxy in C that neither reads nor logs anything. */
export const nginx: Peer = {
  name: 'nginx',
  setUp: '`proxy_pass` in one worker: no keys, no checks, no log',
  async start({ folder, port, origins, core }) {
    if (whereIs('nginx') === undefined) throw new Error('nginx is not installed');
    const pass = (name: string, origin: string) =>
      `upstream ${name} { server ${new URL(origin).host}; keepalive 8192; }`;
    const proxy = 'proxy_http_version 1.1; proxy_set_header connection ""; proxy_buffering off;';
    const program = await startNginx({
      name: 'proxy',
      folder,
      port,
      core,
      http: `${pass('plain', origins.plain)} ${pass('streams', origins.streams)}`,
      server: `
      location / { ${proxy} proxy_pass http://plain; }
      location /streams/ { ${proxy} proxy_pass http://streams; }`,
    });
    return {
      name: 'nginx',
      version: nginxVersion().replace('nginx/', ''),
      program,
      target: (lane, endpoint) => ({ port, path: pathOf(origins, lane, endpoint), headers: {} }),
    };
  },
};
