import type { Runtime } from '../runtime';

/** Next has modules of its own, several times in one process, so the one runtime hangs on a global symbol. */
const RUNTIME = Symbol.for('openai-balance.runtime');

interface Holder {
  [RUNTIME]?: Runtime;
}

export function setRuntime(runtime: Runtime): void {
  (globalThis as Holder)[RUNTIME] = runtime;
}

/** Throws if the program has not been started by `server.mjs` or `instrumentation.ts`. */
export function currentRuntime(): Runtime {
  const runtime = (globalThis as Holder)[RUNTIME];
  if (runtime === undefined) throw new Error('the runtime has not been started');
  return runtime;
}

export function hasRuntime(): boolean {
  return (globalThis as Holder)[RUNTIME] !== undefined;
}
