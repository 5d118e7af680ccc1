import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import type { Settings } from '../../../../lib/config/settings';
import type { ObjectOwners } from '../../../../lib/gateway/objects/object-owners';
import { Entrance } from '../../../../lib/http/entrance';
import { createPublicServer } from '../../../../lib/http/public-server';
import { Connections } from '../../../../lib/process/connections';
import { CLIENT_TOKEN, startGateway, type InProcessGateway } from '../../../support/gateway';
import { Messages, SocketUpstream, type SocketScript } from '../../../support/socket-upstream';

/** Says hello, and then what it hears. */
export const realtime = (socket: WebSocket): void => {
  socket.send('{"type":"session.created","session":{"id":"sess_1"}}');
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
};
/** Where it is asked for. */
export const PATH = '/v1/realtime?model=gpt-realtime';

export interface SocketStage extends InProcessGateway {
  readonly provider: SocketUpstream;
  readonly port: number;
  readonly connect: (path: string, options?: ConnectOptions) => Client;
  /** Resolves with the record of the request that ends next, or has ended. */
  readonly record: (index?: number) => Promise<InProcessGateway['records'][number]>;
}

export interface ConnectOptions extends ClientOptions {
  readonly protocols?: readonly string[];
  readonly token?: string | undefined;
}

export interface Client {
  readonly socket: WebSocket;
  readonly messages: Messages;
  /** As its handshake was answered. */
  readonly requestId: Promise<string>;
  /** Resolves when it is open; rejects with the status of a refusal. */
  readonly opened: Promise<void>;
  readonly refused: Promise<{
    readonly status: number;
    readonly body: string;
    readonly headers: NodeJS.Dict<string | string[]>;
  }>;
}

/** A gateway with a port, and a provider with these keys that speaks WebSocket. */
export async function socketStage(
  keys: readonly string[],
  script: (key: string) => SocketScript,
  { settings = {}, owners }: { readonly settings?: Partial<Settings>; readonly owners?: ObjectOwners } = {},
): Promise<SocketStage> {
  const provider = new SocketUpstream(script);
  await provider.start();
  onTestFinished(() => provider.stop());
  const waiting: (() => void)[] = [];
  const gateway = startGateway(
    { BASE_URL: provider.url, API_KEYS: [...keys], SELECTION_POLICY: 'round_robin', ...settings },
    { recorder: { record: () => waiting.splice(0).forEach((wake) => wake()) }, ...(owners && { owners }) },
  );
  const limits = { connectionsMax: Infinity, requestsMax: Infinity };
  const connections = new Connections(limits, () => undefined);
  const entrance = new Entrance({
    gateway: gateway.gateway,
    connections,
    onRefused: () => undefined,
    beyond: (_req, res) => void res.writeHead(404).end('beyond'),
  });
  const server = createPublicServer(entrance, connections);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    ...gateway,
    provider,
    port,
    connect(path, { protocols = [], token = CLIENT_TOKEN, ...options } = {}) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], {
        ...options,
        headers: { ...(token !== '' && { authorization: `Bearer ${token}` }), ...options.headers },
      });
      onTestFinished(() => socket.terminate());
      const messages = new Messages(socket);
      const requestId = once(socket, 'upgrade').then(([response]) =>
        String((response as IncomingMessage).headers['x-request-id']),
      );
      requestId.catch(() => undefined);
      const opened = once(socket, 'open').then(() => undefined);
      opened.catch(() => undefined);
      const refused = new Promise<Awaited<Client['refused']>>((resolve) => {
        socket.on('unexpected-response', (_request, response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const { statusCode = 0, headers } = response;
            resolve({ status: statusCode, body: Buffer.concat(chunks).toString('utf8'), headers });
          });
        });
      });
      return { socket, messages, requestId, opened, refused };
    },
    async record(index = 0) {
      for (;;) {
        const found = gateway.records[index];
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

/** What a client sends that can do without `ws`. */
export function handshake(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    host: 'a',
    authorization: `Bearer ${CLIENT_TOKEN}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  };
}
