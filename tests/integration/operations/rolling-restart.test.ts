import { Agent, createServer, request as httpRequest, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { freePort } from '../../support/free-port';
import { reply } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { databaseFile, envFile, query, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
let balancer: Server | undefined;
afterEach(() => {
  balancer?.closeAllConnections();
  balancer?.close();
});

/**
 * Spreads requests over the ports as nginx does out of the box: connections to them are kept, nobody asks for /ready,
 * and only a refused connection sends a request to the other one. Whatever else goes wrong is a 502 for the client.
 */
async function startBalancer(ports: readonly number[]): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  balancer = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const first = turn++;
      const pass = (tries: number): void => {
        const port = ports[(first + tries) % ports.length];
        const { method, url, headers } = req;
        const outgoing = httpRequest(
          { host: '127.0.0.1', port, agent, method, path: url, headers },
          (incoming) => {
            // A connection is the next hop's own business.
            res.writeHead(incoming.statusCode ?? 0, { ...incoming.headers, connection: 'keep-alive' });
            incoming.on('error', () => res.destroy());
            incoming.pipe(res);
          },
        );
        outgoing.on('error', (error: NodeJS.ErrnoException) => {
          if (error.code === 'ECONNREFUSED' && tries + 1 < ports.length) return pass(tries + 1);
          if (res.headersSent) return void res.destroy();
          res.writeHead(502).end(`balancer: ${error.message}`);
        });
        outgoing.end(Buffer.concat(chunks));
      };
      pass(0);
    });
  });
  balancer.listen(0, '127.0.0.1');
  await once(balancer, 'listening');
  return `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`;
}

it('restarted one after the other behind a balancer, two instances lose no request and record each', async () => {
  const upstream = await parts.upstream();
  // A load that leaves the machine room to start an instance meanwhile.
  upstream.fallbackReply = (request, response) => delay(50).then(() => reply.healthy(request, response));
  const ports = [await freePort(), await freePort()];
  const folders = [await parts.dataDir(), await parts.dataDir()];
  const settings = envFile({
    BASE_URL: upstream.baseUrl,
    API_KEYS: [secretKey('aaa')],
    ALLOWED_TOKENS: [TOKEN],
  });
  const start = (which: 0 | 1): Promise<RunningServer> => {
    const env = { PORT: String(ports[which]), DRAIN_SECONDS: '1' };
    return parts.server({ dataDir: folders[which], envFile: settings, env });
  };
  const servers = [await start(0), await start(1)];
  const url = await startBalancer(ports);
  const loads = [false, true].map((stream) => parts.load({ url }, { loops: 8, stream }));
  for (const which of [0, 1] as const) {
    await Promise.all(loads.map((load) => load.more(50)));
    servers[which]?.kill('SIGTERM');
    expect(await servers[which]?.exited).toEqual({ code: 0, signal: null });
    await Promise.all(loads.map((load) => load.more(50)));
    servers[which] = await start(which);
  }
  await Promise.all(loads.map((load) => load.more(50)));
  for (const load of loads) await load.stop();
  expect(loads.flatMap((load) => load.failures)).toEqual([]);
  for (const server of servers) await server.stop();
  const rows = servers.map(
    (server) =>
      query<{ rows: number }>(
        databaseFile(server),
        `SELECT COUNT(*) AS rows FROM RequestLog WHERE outcome = 'success'`,
      )[0]?.rows ?? 0,
  );
  const succeeded = loads.reduce((sum, load) => sum + load.succeeded, 0);
  expect((rows[0] ?? 0) + (rows[1] ?? 0)).toBe(succeeded);
}, 120_000);
