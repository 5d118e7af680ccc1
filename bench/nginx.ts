import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { Program, whereIs } from './program';

/** One worker of its own, in the foreground, apart from any nginx that runs as a service. */
export function startNginx(options: {
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  readonly http?: string;
  readonly core?: string | undefined;
  readonly server: string;
}): Promise<Program> {
  const prefix = join(options.folder, `nginx-${options.name}`);
  mkdirSync(prefix, { recursive: true });
  const bodies = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const config = `
    daemon off;
    ${userInfo().uid === 0 ? 'user root;' : ''}
    worker_processes 1;
    pid ${prefix}/pid;
    error_log ${prefix}/error.log;
    events { worker_connections 16384; }
    http {
      access_log off;
      ${bodies.map((kind) => `${kind}_temp_path ${prefix}/${kind};`).join('\n      ')}
      client_body_buffer_size 1m;
      client_max_body_size 64m;
      keepalive_requests 1000000000;
      keepalive_timeout 600s;
      ${options.http ?? ''}
      server {
        listen 127.0.0.1:${options.port};
        ${options.server}
      }
    }`;
  writeFileSync(join(prefix, 'nginx.conf'), config);
  return Program.start({
    command: whereIs('nginx') ?? 'nginx',
    args: ['-c', join(prefix, 'nginx.conf'), '-p', prefix],
    core: options.core,
    logFile: join(prefix, 'output.log'),
    readyUrl: `http://127.0.0.1:${options.port}/`,
  });
}

export function nginxVersion(): string {
  const { stderr } = spawnSync(whereIs('nginx') ?? 'nginx', ['-v'], { encoding: 'utf8' });
  return /nginx\/[\d.]+/.exec(stderr)?.[0] ?? 'nginx';
}
