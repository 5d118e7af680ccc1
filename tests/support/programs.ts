import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** Where programs lie. Servers are in sbin, which is not on every user's PATH. */
export const FOLDERS = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];

/** The path of a program of this machine; undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

export interface Boot {
  readonly stream: 'stdout' | 'stderr';
  readonly readyWords: string;
  /** Whom it runs as, unless it is who runs the tests. */
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Starts a server. Resolves once it says on `stream` that it takes connections; rejects with its last words when it
 * ends before.
 */
export async function bootServer(
  program: string,
  args: readonly string[],
  { stream, readyWords, ...user }: Boot,
): Promise<ChildProcess> {
  const child = spawn(program, args, { ...user, stdio: ['ignore', 'pipe', 'pipe'] });
  const words: string[] = [];
  child[stream === 'stdout' ? 'stderr' : 'stdout'].resume();
  await new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error(`${program} did not start:\n${words.slice(-20).join('\n')}`));
    child.once('exit', fail);
    child.once('error', fail);
    createInterface({ input: child[stream] }).on('line', (line) => {
      words.push(line);
      if (!line.includes(readyWords)) return;
      child.off('exit', fail);
      resolve();
    });
  });
  // A test run that is broken off must not leave a server behind.
  process.once('exit', () => child.kill('SIGKILL'));
  return child;
}

export async function endServer(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}
