// The production server: one port. The gateway takes its requests straight from node:http, which costs a tenth of the
// way through a route handler; everything else goes to Next, which is loaded when the first page is asked for.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';

// Log rows wait in memory for a moment. V8 learns from them to put such objects into the old generation at once, where,
// dead, they keep everything else of their requests alive until the next full collection: a third of all CPU time.
setFlagsFromString('--no-allocation-site-pretenuring');
// A reader of the output that has gone, or a full disk, must not end the program, nor keep it busy with errors about
// errors.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.env.NODE_ENV ??= 'production';

const BUILT = new URL('.next/program/boot.mjs', import.meta.url);
if (!existsSync(BUILT)) {
  console.error('The program has not been built yet: run ./start.sh or "npm run build" first.');
  process.exit(1);
}
const { boot } = await import(BUILT);
const runtime = await boot({ handlesSignals: false });
const port = await runtime.open(loadNext).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
// 0.0.0.0 and :: stand for every address of this machine; a browser cannot open them.
const isAny = ['0.0.0.0', '::'].includes(runtime.host);
const host = isAny ? 'localhost' : runtime.host.includes(':') ? `[${runtime.host}]` : runtime.host;
console.log(`listening on http://${host}:${port}${isAny ? ', on all addresses' : ''}`);

let isStopping = false;
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    // A second signal, of either kind, means at once.
    if (isStopping) runtime.kill();
    isStopping = true;
    // Stopped by hand at a terminal: there is no load balancer that has to notice first.
    void runtime.stop(signal === 'SIGTERM').then(() => process.exit(0));
  });
}

async function loadNext() {
  // Signals are handled here, and .env belongs to the runtime, which follows its changes.
  process.env.NEXT_MANUAL_SIG_HANDLE = 'true';
  process.env.__NEXT_PROCESSED_ENV = 'true';
  // The configuration as it was built, so that next.config.mjs is not needed here.
  const { config } = JSON.parse(readFileSync('.next/required-server-files.json', 'utf8'));
  process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(config);
  // Unlike `import`, it tries again what has failed before.
  const next = createRequire(import.meta.url)('next');
  // Next listens for `upgrade` on the server that it is given, and answers what is not its business. WebSockets are the
  // gateway's alone, so it gets one that never listens.
  const app = next({ dev: false, httpServer: createServer() });
  await app.prepare();
  return app.getRequestHandler();
}
