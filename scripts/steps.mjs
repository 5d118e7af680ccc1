import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** What must hold before a commit. Those that take longest stand first, so that none of them is waited for alone. */
export const checks = ['test:unit', 'lint', 'format:check', 'types', 'boundaries', 'knip'];

/** Runs to the end; resolves with the exit code and, unless it went to the terminal, the output. */
export function run(command, args, { env = {}, isShown = false } = {}) {
  return new Promise((resolve) => {
    const stdio = isShown ? 'inherit' : ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { stdio, env: { ...process.env, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ code: 1, output: String(error) }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** A step that is a line unless it fails, then its output too. Resolves with the exit code and how long it took. */
export async function step(name, command, args, env) {
  const startMs = performance.now();
  const { code, output } = await run(command, args, { env });
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  if (code === 0) console.log(`✓ ${name} (${seconds} s)`);
  else console.log(`${output}\n✗ ${name} (${seconds} s)`);
  return { code, seconds };
}

/** Runs scripts of package.json, as many at once as there are processors. Resolves with the results by name. */
export async function runChecks(names) {
  const waiting = [...names];
  const results = new Map();
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      results.set(name, await step(name, 'npm', ['run', '--silent', name]));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}
