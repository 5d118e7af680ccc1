import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nginxVersion, startNginx } from './nginx';
import { Program, whereIs } from './program';
import { CHAT_ANSWER, embeddingAnswer } from './traffic';

/** A provider that is never the bottleneck. */
export interface Upstream {
  readonly description: string;
  /** `http://127.0.0.1:port`; below it `/v1`, and `/faulty/v1` where 1 % of the requests fail. */
  readonly origin: string;
  stop(): Promise<void>;
}

export async function startUpstream(folder: string, port: number, core?: string): Promise<Upstream> {
  const origin = `http://127.0.0.1:${port}`;
  const isNginx = whereIs('nginx') !== undefined;
  const program = isNginx
    ? await nginxUpstream(folder, port, core)
    : await startNodeUpstream(folder, port, core);
  return {
    description: isNginx ? nginxVersion() : 'a small Node server',
    origin,
    stop: () => program.stop(),
  };
}

/** Serves everything that nginx does, and event streams besides. */
export function startNodeUpstream(folder: string, port: number, core?: string): Promise<Program> {
  return Program.start({
    command: process.execPath,
    args: ['--import', 'tsx', join(import.meta.dirname, 'programs', 'node-upstream.ts'), String(port)],
    core,
    logFile: join(folder, 'node-upstream.log'),
    readyUrl: `http://127.0.0.1:${port}/`,
  });
}

/** As OpenAI sends them with each answer. */
const LIMIT_HEADERS = Object.entries({
  'limit-requests': '10000000',
  'limit-tokens': '2000000000',
  'remaining-requests': '9999999',
  'remaining-tokens': '1999999900',
  'reset-requests': '6ms',
  'reset-tokens': '3ms',
})
  .map(([name, value]) => `add_header x-ratelimit-${name} ${value};`)
  .join(' ');

function nginxUpstream(folder: string, port: number, core?: string): Promise<Program> {
  const root = join(folder, 'upstream-files');
  mkdirSync(join(root, 'v1'), { recursive: true });
  writeFileSync(join(root, 'v1', 'embeddings'), embeddingAnswer());
  const chat = `${LIMIT_HEADERS} return 200 '${CHAT_ANSWER}';`;
  return startNginx({
    name: 'upstream',
    folder,
    port,
    core,
    http: 'split_clients "$request_id" $fault { 0.4% server_error; 0.4% rate_limit; 0.2% cut; * ""; }',
    server: `
      default_type application/json;
      location / { ${chat} }
      # A file is not for POST, says nginx; it is sent all the same.
      location = /v1/embeddings { root ${root}; error_page 405 =200 /v1/embeddings; }
      location /faulty/ {
        if ($fault = server_error) { return 500 '{"error":{"message":"boom","type":"server_error"}}'; }
        if ($fault = rate_limit) { add_header retry-after 1 always; return 429 '{"error":{"message":"slow down"}}'; }
        if ($fault = cut) { return 444; }
        ${chat}
      }`,
  });
}
