import type { Runtime } from './runtime';
import { setRuntime } from './routes/current';
import { startRuntime } from './start';
import { messageOf } from './start-error';

/**
 * Starts the runtime, or says why it cannot and ends the process with code 1. Unless somebody else handles signals,
 * what is in memory is written down when one comes.
 */
export async function boot(options: { readonly handlesSignals: boolean }): Promise<Runtime> {
  try {
    const runtime = await startRuntime();
    setRuntime(runtime);
    process.on('unhandledRejection', (error) => runtime.logger.error({ err: error }, 'unhandled rejection'));
    process.on('uncaughtException', (error) => runtime.logger.error({ err: error }, 'uncaught exception'));
    if (options.handlesSignals) {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void runtime.stop());
    }
    return runtime;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  }
}
