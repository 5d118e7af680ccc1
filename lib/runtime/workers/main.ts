import { setFlagsFromString } from 'node:v8';

// As in server.mjs: see there.
setFlagsFromString('--no-allocation-site-pretenuring');
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
// A terminal sends them to all processes of the program; the first one says what is to be done.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => undefined);

const { runWorker } = await import('./run-worker');
await runWorker();
