import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Connections } from '../process/connections';
import type { Entrance } from './entrance';

/** The program looks at hosts itself, and answers in its own words. */
const OPTIONS = {
  maxHeaderSize: 32 * 1024,
  keepAliveTimeout: 75_000,
  // A client that has not sent its head by then only holds a connection.
  headersTimeout: 15_000,
  // A large body may take its time as long as it goes on coming: the entrance and the gateway see to that.
  requestTimeout: 24 * 3_600_000,
  connectionsCheckingInterval: 5_000,
  requireHostHeader: false,
};

/** A server for clients, which does not listen yet. */
export function createPublicServer(entrance: Entrance, connections: Connections): Server {
  const server = createServer(OPTIONS, entrance.handle);
  // Node drops what is beyond a number of headers without a word; their size is limited anyhow.
  server.maxHeadersCount = 0;
  server.on('checkContinue', entrance.handleContinue);
  server.on('checkExpectation', entrance.handleExpectation);
  // Not in the types of Node: half-closed connections may still want their answer.
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  connections.follow(server);
  server.on('connection', entrance.handleConnection);
  server.on('upgrade', (req, socket, head) => entrance.handleUpgrade(req, socket as Socket, head, server));
  server.on('connect', entrance.handleConnect);
  server.on('clientError', entrance.handleClientError);
  return server;
}
