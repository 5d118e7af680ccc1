import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultOf, type CommandResult } from '../../tests/support/command';
import { tieToTestProcess } from '../../tests/support/server';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** The result tells. */
  readonly mayFail?: boolean;
  /** Default 15 minutes; then it is killed with what it has started. */
  readonly timeoutMs?: number;
}

/** Runs a command to its end; rejects with the end of its output if it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  const { cwd, env, mayFail = false, timeoutMs = 15 * 60_000 } = options;
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  tieToTestProcess(child);
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), timeoutMs);
  try {
    const result = await Promise.race([resultOf(child, ''), failed]);
    if (result.code === 0 || mayFail) return result;
    throw new Error(`${[command, ...args].join(' ')} ended with ${result.code}: ${lastOf(result)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** The last lines that a command has written. */
export function lastOf({ stdout, stderr }: CommandResult): string {
  return (stderr.trim() || stdout.trim()).slice(-600);
}

/** Installs packages for Node.js, each `name@version`, into a folder. */
export async function installNode(folder: string, packages: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...packages], { cwd: folder });
}

/** Installs packages for Python into an environment of its own; resolves with its interpreter. */
export async function installPython(folder: string, packages: readonly string[]): Promise<string> {
  await run('python3', ['-m', 'venv', folder]);
  const python = join(folder, 'bin/python');
  await run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-input',
    '--disable-pip-version-check',
    ...packages,
  ]);
  return python;
}
