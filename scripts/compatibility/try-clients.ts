import { copyFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { tempDir } from '../../tests/support/temp-dir';
import { CLIENTS, type Client } from './clients';
import type { ClientResult } from './results';
import { ClientStage } from './client-stage';
import { installNode, installPython, lastOf, run, type RunOptions } from './tools';

/** Several of these clients ask for a newer Node.js than the gateway. */
const NODE = 'node@22.23.3';
const PROGRAM_TIMEOUT_MS = 5 * 60_000;

/** Tries all clients, or the one of this name; the others keep what came of them before. */
export async function tryClients(
  before: readonly ClientResult[],
  only?: string,
): Promise<readonly ClientResult[]> {
  if (only !== undefined && CLIENTS.every(({ name }) => name !== only)) {
    throw new Error(`--client ${only}: there are ${CLIENTS.map(({ name }) => name).join(', ')}`);
  }
  const results: ClientResult[] = [];
  for (const client of CLIENTS) {
    const known = before.find(({ name }) => name === client.name);
    if (only !== undefined && client.name !== only) {
      if (known !== undefined) results.push(known);
      continue;
    }
    const result = await tryClient(client);
    console.log(`${result.name} ${result.version}: ${result.verdict} ${result.why ?? ''}`);
    results.push(result);
  }
  return results;
}

/** Installs a client into a folder of its own, runs its program, and removes the folder. */
async function tryClient(client: Client): Promise<ClientResult> {
  const { name, tried, packages } = client;
  const version = packages.map(versionOf).filter((text) => text !== '')[0] ?? '';
  const folder = await tempDir('client');
  try {
    const installed = await INSTALL[client.kind](folder.path, client).catch((error: unknown) =>
      String(error),
    );
    if (typeof installed === 'string') {
      return {
        name,
        version,
        tried,
        verdict: 'not_tried',
        why: `its packages could not be installed: ${installed}`,
      };
    }
    const why = await runProgram(client, folder.path, installed);
    return {
      name,
      version,
      tried,
      verdict: why === undefined ? 'works' : 'fails',
      ...(why !== undefined && { why }),
    };
  } finally {
    await folder.remove();
  }
}

const versionOf = (text: string) => /[@=]v?(\d[\w.]*)$/.exec(text)?.[1] ?? '';

interface Installed {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: RunOptions;
}

const INSTALL: Readonly<Record<Client['kind'], (folder: string, client: Client) => Promise<Installed>>> = {
  async node(folder, { packages, program }) {
    await installNode(folder, [...packages, NODE]);
    copyFileSync(sourceOf(program), join(folder, program));
    const bin = join(folder, 'node_modules/.bin');
    const PATH = `${bin}${delimiter}${process.env.PATH ?? ''}`;
    return { command: join(bin, 'node'), args: [program], options: { cwd: folder, env: { PATH } } };
  },
  async python(folder, { packages, program }) {
    const command = await installPython(join(folder, 'python'), packages);
    // By another name: Python would take it for the package.
    copyFileSync(sourceOf(program), join(folder, 'program.py'));
    return { command, args: ['program.py'], options: { cwd: folder } };
  },
  async go(folder, { packages, program }) {
    copyFileSync(sourceOf(program), join(folder, 'main.go'));
    await run('go', ['mod', 'init', 'program'], { cwd: folder });
    await run('go', ['get', ...packages], { cwd: folder });
    await run('go', ['build', '-o', 'program', '.'], { cwd: folder });
    return { command: join(folder, 'program'), args: [], options: { cwd: folder } };
  },
};

const sourceOf = (program: string) => join(import.meta.dirname, 'clients', program);

/** Runs it against a gateway of its own; resolves with what is wrong, undefined for nothing. */
async function runProgram(
  { sockets = 0 }: Client,
  folder: string,
  { command, args, options }: Installed,
): Promise<string | undefined> {
  const stage = await ClientStage.start(folder);
  try {
    const env = { ...options.env, ...stage.env };
    const asked = { ...options, env, mayFail: true, timeoutMs: PROGRAM_TIMEOUT_MS };
    const result = await run(command, args, asked);
    if (result.code !== 0) return lastOf(result);
    return stage.sockets < sockets ? `${stage.sockets} of ${sockets} came over WebSocket` : undefined;
  } finally {
    await stage.stop();
  }
}
