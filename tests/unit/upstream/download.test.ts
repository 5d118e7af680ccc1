import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { download } from '../../../lib/upstream/download';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.json`;
}

/** Whatever may be collected as garbage is, all the while. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const timer = setInterval(collect, 20);
  onTestFinished(() => clearInterval(timer));
}

const signal = new AbortController().signal;
const options = { timeoutMs: 300, bytesMax: 1_000, signal };

it('fetches a file', async () => {
  const url = await serve((_request, response) => response.end('[1]'));
  expect(await download(url, options)).toEqual({ ok: true, bytes: Buffer.from('[1]') });
});

it('gives up when its time is over, whenever garbage is collected', async () => {
  collectGarbage();
  const silent = await serve(() => undefined);
  const endless = await serve((_request, response) => {
    const timer = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(timer));
  });
  for (const url of [silent, silent, endless, endless])
    expect(await download(url, options)).toEqual({ ok: false, why: 'no answer in time' });
});

it('is cancelled', async () => {
  const stop = new AbortController();
  const url = await serve(() => stop.abort());
  expect(await download(url, { ...options, timeoutMs: 20_000, signal: stop.signal })).toEqual({
    ok: false,
    why: 'cancelled',
  });
});
