import type { Runtime } from '../runtime';

/**
 * Next loads modules several times in one process, so the one runtime hangs on a global symbol.
 */
const RUNTIME = Symbol.for('openai-balance.runtime');
/** Waits for the start: Next lets `server.mjs` go on before `instrumentation.ts` has finished. */
const ON_START = Symbol.for('openai-balance.on-start');

interface Holder {
  [RUNTIME]?: Runtime;
  [ON_START]?: (runtime: Runtime) => void;
}

export function setRuntime(runtime: Runtime): void {
  const holder = globalThis as Holder;
  holder[RUNTIME] = runtime;
  holder[ON_START]?.(runtime);
}

/** Throws if the program has not been started by `instrumentation.ts`. */
export function currentRuntime(): Runtime {
  const runtime = (globalThis as Holder)[RUNTIME];
  if (runtime === undefined) throw new Error('the runtime has not been started');
  return runtime;
}

export function hasRuntime(): boolean {
  return (globalThis as Holder)[RUNTIME] !== undefined;
}
