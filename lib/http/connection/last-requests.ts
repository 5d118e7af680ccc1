import { once } from 'node:events';
import type { Server } from 'node:http';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Gateway } from '../../gateway/gateway';
import type { Connections } from '../../process/connections';
import type { Logger } from '../../process/logger';

const IDLE_SWEEP_MS = 20;
/** What comes within a turn is seen in the next one: the shorter it is, the less that can be. */
const QUIET_MS = 0.2;
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
  await quietTurn(connections);
  await finish(last, server);
  server?.closeAllConnections();
}

/**
 * What has arrived by now has also been read when this turn is over. Connections that come meanwhile would be reset
 * with the port, before anybody sees them: so it is closed behind a short turn in which none has come.
 */
async function quietTurn(connections: Connections): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const before = connections.accepted;
    const startedAt = performance.now();
    await nextTurn();
    const isShort = performance.now() - startedAt < QUIET_MS;
    if (isShort && connections.accepted === before) return;
  }
}

async function finish(last: LastRequests, server: Server | undefined): Promise<void> {
  const { gateway, logger, deadlineMs } = last;
  const finished = closeServer(last, server);
  if (await isDoneWithin(finished, deadlineMs)) return;
  logger.warn({ inFlight: gateway.inFlight }, 'requests were cut off at the deadline');
  gateway.cutOff();
  await isDoneWithin(finished, LAST_WORDS_MS);
}

/** Resolves when no request is in flight and every answer has left the house. */
async function closeServer(
  { gateway, connections, turn }: LastRequests,
  server: Server | undefined,
): Promise<void> {
  const closed = server === undefined ? undefined : once(server, 'close');
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
