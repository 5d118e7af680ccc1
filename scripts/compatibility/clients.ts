import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { aimockAnswers, startAimock } from '../../tests/support/aimock';
import { ObjectWorld } from '../../tests/support/object-world';
import { startServer } from '../../tests/support/server';
import { tempDir } from '../../tests/support/temp-dir';
import type { ClientResult } from './results';
import { installNode, installPython, lastOf, run, type RunOptions } from './tools';

const TOKEN = 'a-client-token';
/** Several of these clients ask for a newer Node.js than the gateway. */
const NODE = 'node@22.23.3';
const PROGRAM_TIMEOUT_MS = 5 * 60_000;

interface Client {
  readonly name: string;
  readonly kind: 'node' | 'python' | 'go';
  /** As its package manager takes them, each at one version. The first is the client itself. */
  readonly packages: readonly string[];
  /** In the folder `clients`. */
  readonly program: string;
  readonly tried: string;
  /** Requests that it must have made over WebSocket. */
  readonly sockets?: number;
}

const EVERYTHING =
  'chat, streaming, responses, files, uploads in parts of 64 MiB, responses and realtime over WebSocket';

/** The one list of all clients. */
const CLIENTS: readonly Client[] = [
  {
    name: 'openai for Python',
    kind: 'python',
    packages: ['openai[realtime]==3.57.0'],
    program: 'openai.py',
    tried: EVERYTHING,
    sockets: 2,
  },
  {
    name: 'openai for Node.js',
    kind: 'node',
    packages: ['openai@7.59.0', 'ws@8.23.0'],
    program: 'openai.mjs',
    tried: EVERYTHING,
    sockets: 2,
  },
  {
    name: 'openai for Go',
    kind: 'go',
    packages: ['github.com/openai/openai-go/v3@v3.99.0'],
    program: 'openai.go',
    tried: 'chat, streaming, responses',
  },
  {
    name: 'Codex CLI',
    kind: 'node',
    packages: ['@openai/codex@0.171.0'],
    program: 'codex.mjs',
    tried: 'a prompt with its built-in provider, over WebSocket at the first try',
    sockets: 1,
  },
  {
    name: 'Vercel AI SDK',
    kind: 'node',
    packages: ['@ai-sdk/openai@4.0.118', 'ai@7.0.173', 'zod@4.6.7'],
    program: 'ai-sdk.mjs',
    tried: 'text and streams over responses and chat, a tool call',
  },
  {
    name: 'LangChain for JavaScript',
    kind: 'node',
    packages: ['@langchain/openai@1.6.0', '@langchain/core@1'],
    program: 'langchain.mjs',
    tried: 'chat, streaming, embeddings',
  },
  {
    name: 'LangChain for Python',
    kind: 'python',
    packages: ['langchain-openai==1.7.4'],
    program: 'langchain.py',
    tried: 'chat, streaming, a tool call',
  },
  {
    name: 'LlamaIndex',
    kind: 'python',
    packages: ['llama-index-llms-openai==0.8.3'],
    program: 'llama-index.py',
    tried: 'a completion, chat, streaming',
  },
  {
    name: 'LiteLLM',
    kind: 'python',
    packages: ['litellm==1.110.2'],
    program: 'litellm.py',
    tried: 'chat, streaming, responses',
  },
  {
    name: 'pydantic-ai',
    kind: 'python',
    packages: ['pydantic-ai-slim[openai]==2.68.0'],
    program: 'pydantic-ai.py',
    tried: 'agents over chat and responses, streaming, a tool call',
  },
  {
    name: 'instructor',
    kind: 'python',
    packages: ['instructor==1.17.0'],
    program: 'instructor.py',
    tried: 'an object by a tool call',
  },
  { name: 'llm', kind: 'python', packages: ['llm==0.36'], program: 'llm.py', tried: 'its command, streaming and not' },
  {
    name: 'aider',
    kind: 'python',
    packages: ['aider-chat==0.86.2'],
    program: 'aider.py',
    tried: 'its command, streaming and not',
  },
];

/** Tries all clients, or the one of this name; the others keep what came of them before. */
export async function tryClients(before: readonly ClientResult[], only?: string): Promise<readonly ClientResult[]> {
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
    const installed = await INSTALL[client.kind](folder.path, client).catch((error: unknown) => String(error));
    if (typeof installed === 'string') {
      return { name, version, tried, verdict: 'not_tried', why: `its packages could not be installed: ${installed}` };
    }
    const why = await runProgram(client, folder.path, installed);
    return { name, version, tried, verdict: why === undefined ? 'works' : 'fails', ...(why !== undefined && { why }) };
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
    const PATH = `${bin}${delimiter}${process.env.PATH ?? ''}`; // oxlint-disable-line no-restricted-properties
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
  { program, sockets = 0 }: Client,
  folder: string,
  { command, args, options }: Installed,
): Promise<string | undefined> {
  if (!existsSync(sourceOf(program))) return `there is no ${program}`;
  const [aimock, objects] = await Promise.all([startAimock(), ObjectWorld.start()]);
  const further = [{ name: 'Objects', path: 'objects', base_url: objects.baseUrl, api_keys: ['sk-objects-1', 'sk-objects-2'] }];
  const gateway = await startServer({
    env: {
      BASE_URL: aimock.baseUrl,
      API_KEYS: 'sk-aimock-1,sk-aimock-2',
      PROVIDERS_CONFIG: JSON.stringify(further),
      ALLOWED_TOKENS: TOKEN,
      MAX_BODY_MB: '600',
      LOG_LEVEL: 'INFO',
    },
  });
  try {
    const home = join(folder, 'home');
    mkdirSync(join(folder, 'work'));
    mkdirSync(home);
    const env = {
      ...options.env,
      HOME: home,
      CODEX_HOME: join(home, 'codex'),
      LLM_USER_PATH: join(home, 'llm'),
      FOLDER: join(folder, 'work'),
      OPENAI_API_KEY: TOKEN,
      OPENAI_BASE_URL: `${gateway.url}/v1`,
      OPENAI_API_BASE: `${gateway.url}/v1`,
      OBJECTS_BASE_URL: `${gateway.url}/objects/v1`,
      EXPECTED: aimockAnswers.text,
    };
    const result = await run(command, args, { ...options, env, mayFail: true, timeoutMs: PROGRAM_TIMEOUT_MS });
    if (result.code !== 0) return lastOf(result);
    const opened = aimock.journal().filter(({ method }) => method === 'WS').length;
    return opened < sockets ? `${opened} of ${sockets} requests came over WebSocket` : undefined;
  } finally {
    await gateway.stop();
    await Promise.all([aimock.stop(), objects.stop()]);
  }
}
