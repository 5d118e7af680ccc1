import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface Child {
  /** Resolves with the first line, from now on, that matches. Rejects when the program ends before. */
  line(matches: (line: string) => boolean): Promise<string>;
  /** SIGKILL: no goodbye. */
  kill(): void;
  readonly finished: Promise<{ code: number | null; lines: string[]; stderr: string }>;
}

/** Runs a TypeScript file of this folder in a process of its own. */
export function runChild(script: string, args: readonly string[]): Child {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(import.meta.dirname, script), ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const lines: string[] = [];
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => lines.push(line));
  const finished = Promise.all([once(child, 'close'), once(output, 'close')]).then(([[code]]) => ({
    code: code as number | null,
    lines,
    stderr,
  }));
  return {
    finished,
    kill: () => child.kill('SIGKILL'),
    line: (matches) =>
      new Promise((resolve, reject) => {
        const known = lines.find(matches);
        if (known !== undefined) return resolve(known);
        output.on('line', (line) => matches(line) && resolve(line));
        void finished.then(() => reject(new Error(`The program ended before it said that:\n${stderr}`)));
      }),
  };
}
