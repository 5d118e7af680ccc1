import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Gateway } from '../../gateway/gateway';
import type { Connections } from '../../process/connections';
import type { Logger } from '../../process/logger';

const IDLE_SWEEP_MS = 20;
/** What comes within a turn is seen in the next one: the shorter it is, the less that can be. */
const QUIET_MS_AT_FIRST = 0.02;
/** A slow machine has no turn as short as that: the longer it takes, the longer may be the one that will do. */
const TURNS_TO_DOUBLE = 250;
/** Under a flood no turn is quiet. */
const TURNS_MAX = 1_000;
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
  /** For those that share their port: told before this one closes it, and behind that. */
  readonly turn?: { closing(): Promise<void>; closed(): void } | undefined;
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
  await last.turn?.closing();
  const closed = server === undefined ? undefined : once(server, 'close');
  await closePort(connections, server);
  await finish(last, server, closed);
  server?.closeAllConnections();
}

/**
 * What has arrived by now has also been read when this turn is over. Connections that come meanwhile would be reset
 * with the port, before anybody sees them: so it is closed at once behind a short turn in which none has come, and
 * before anything else is. Resolves when it has been closed.
 */
function closePort(connections: Connections, server: Server | undefined): Promise<void> {
  return new Promise((resolve) => {
    let turn = 0;
    let before = connections.accepted;
    let startedAt = performance.now();
    const look = (): void => {
      const now = performance.now();
      const isQuiet = now - startedAt < QUIET_MS_AT_FIRST * 2 ** (turn / TURNS_TO_DOUBLE);
      turn += 1;
      if ((isQuiet && connections.accepted === before) || turn === TURNS_MAX) {
        // That of an HTTP server would first close each idle connection, while others come.
        if (server !== undefined) TcpServer.prototype.close.call(server);
        return resolve();
      }
      before = connections.accepted;
      setImmediate(look);
      startedAt = performance.now();
    };
    setImmediate(look);
  });
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
  { gateway, connections, turn }: LastRequests,
  server: Server | undefined,
  closed: Promise<unknown> | undefined,
): Promise<void> {
  // Its port is closed; what else it has to do is done now.
  server?.close();
  turn?.closed();
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
