import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const repositoryDir = fileURLToPath(new URL('../..', import.meta.url));

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Record<string, string>;
  /** Standard input; none by default. */
  readonly input?: string;
  readonly rootDir?: string;
  readonly wrapper?: readonly string[];
}

/** Runs one of the administrator's commands of the built program in a clean environment. Never rejects. */
export function runAdmin(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { env = {}, input, rootDir = repositoryDir, wrapper = [] } = options;
  const { PATH, HOME, TMPDIR } = process.env;
  const [command = '', ...rest] = [...wrapper, process.execPath, 'admin.mjs', ...args];
  const child = spawn(command, rest, {
    cwd: rootDir,
    env: { PATH, HOME, TMPDIR, NODE_ENV: 'production', ENV_FILE: '/dev/null/none', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return resultOf(child, input ?? '');
}

/** Gives a process its whole input, and resolves with what it wrote once it has ended. Never rejects. */
export function resultOf(child: ChildProcessWithoutNullStreams, input: string): Promise<CommandResult> {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  // A command that does not read its input may be gone before it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...output })));
}
