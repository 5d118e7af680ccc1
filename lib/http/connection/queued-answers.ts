import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Of each connection with such: answers that wait behind those to earlier requests. */
const queued = new WeakMap<Socket, Set<ServerResponse>>();

/**
 * Node says `close` to an answer when its client leaves, but not to one that still waits for its turn on the
 * connection. Called for each request, this has it said to those too, whoever makes the answer.
 */
export function followQueued({ socket }: IncomingMessage, res: ServerResponse): void {
  if (res.socket !== null) return;
  const waiting = queued.get(socket) ?? watched(socket);
  waiting.add(res);
  res.once('socket', () => waiting.delete(res));
}

/** One listener a connection: a client may send any number of requests behind one another. */
function watched(socket: Socket): Set<ServerResponse> {
  const waiting = new Set<ServerResponse>();
  queued.set(socket, waiting);
  socket.once('close', () => {
    for (const res of waiting) {
      res.destroy();
      res.emit('close');
    }
  });
  return waiting;
}
