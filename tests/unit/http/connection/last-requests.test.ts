import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { Gateway } from '../../../../lib/gateway/gateway';
import { serveLastRequests } from '../../../../lib/http/connection/last-requests';
import { Connections } from '../../../../lib/process/connections';
import type { Logger } from '../../../../lib/process/logger';

/** A gateway in which nothing is in flight. */
const idleGateway = {
  inFlight: 0,
  closeConnections: () => undefined,
  drain: () => undefined,
  sendAway: () => undefined,
  cutOff: () => undefined,
  idle: () => Promise.resolve(),
} as unknown as Gateway;

async function start() {
  const limits = { connectionsMax: Infinity, requestsMax: Infinity };
  const connections = new Connections(limits, () => undefined);
  const server = createServer((_, res) => res.end('here'));
  connections.follow(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const last = {
    gateway: idleGateway,
    connections,
    logger: { warn: () => undefined } as unknown as Logger,
    drainMs: 0,
    deadlineMs: 5_000,
  };
  return { server, last, port: (server.address() as AddressInfo).port };
}

async function ask(port: number, agent: Agent): Promise<void> {
  const [answer] = (await once(get({ host: '127.0.0.1', port, agent }), 'response')) as [
    NodeJS.ReadableStream,
  ];
  answer.resume();
  await once(answer, 'end');
}

it('closes its port first, and connections that are idle behind that: others come meanwhile', async () => {
  const { server, last, port } = await start();
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  await ask(port, agent);
  const wasListening: boolean[] = [];
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    wasListening.push(server.listening);
    closeIdle();
  };
  await serveLastRequests(last, server);
  expect(wasListening[0]).toBe(false);
  expect(wasListening).not.toContain(true);
});
