import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Gateway } from '../../gateway/gateway';
import type { Connections } from '../../process/connections';
import type { Logger } from '../../process/logger';
import { closeBehindQuietTurn } from './quiet-turn';

const IDLE_SWEEP_MS = 20;
/** For the last words of what is cut off to reach its clients. */
const LAST_WORDS_MS = 1_000;

export interface LastRequests {
  readonly gateway: Gateway;
  readonly connections: Connections;
  readonly logger: Logger;
  /** How long everything is still served. */
  readonly drainMs: number;
  /** How long what is in flight then may take. */
  readonly deadlineMs: number;
  /** For those that share their port: resolves when this one may close it. */
  readonly mayClose?: (() => Promise<void>) | undefined;
}

/**
 * The end of serving, in order: each answer says that its connection closes, while new requests are still served;
 * nobody is let in any more; what is in flight finishes; what has not by the deadline is cut off, and its clients are
 * told.
 */
export async function serveLastRequests(last: LastRequests, server: Server | undefined): Promise<void> {
  const { gateway, connections, drainMs } = last;
  connections.close();
  gateway.closeConnections();
  if (server === undefined) gateway.drain();
  else await sleep(drainMs);
  await last.mayClose?.();
  const closed = server === undefined ? undefined : once(server, 'close');
  await closePort(connections, server);
  await finish(last, server, closed);
  server?.closeAllConnections();
}

function closePort(connections: Connections, server: Server | undefined): Promise<void> {
  return closeBehindQuietTurn(
    () => connections.accepted,
    () => {
      // That of an HTTP server would first close each idle connection, while others come.
      if (server !== undefined) TcpServer.prototype.close.call(server);
    },
  );
}

async function finish(
  last: LastRequests,
  server: Server | undefined,
  closed: Promise<unknown> | undefined,
): Promise<void> {
  const { gateway, logger, deadlineMs } = last;
  const finished = closeServer(last, server, closed);
  gateway.sendAway();
  if (await isDoneWithin(finished, deadlineMs)) return;
  logger.warn({ inFlight: gateway.inFlight }, 'requests were cut off at the deadline');
  gateway.cutOff();
  await isDoneWithin(finished, LAST_WORDS_MS);
}

/** Resolves when no request is in flight and every answer has left the house. */
async function closeServer(
  { gateway, connections }: LastRequests,
  server: Server | undefined,
  closed: Promise<unknown> | undefined,
): Promise<void> {
  // Its port is closed; what else it has to do is done now.
  server?.close();
  const stopWaiting = connections.dropSilent();
  await gateway.idle();
  if (server !== undefined) {
    // A kept-alive connection becomes idle when its last answer has been sent, and nobody else closes it then.
    const sweeper = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
    server.closeIdleConnections();
    await closed;
    clearInterval(sweeper);
  }
  stopWaiting();
}

function isDoneWithin(work: Promise<void>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    void work.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
