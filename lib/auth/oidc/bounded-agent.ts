import { Agent as HttpAgent, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';

/** For one question to the provider, from the look-up of its name to the last byte of its answer. */
export const QUESTION_MS_MAX = 5000;
const ANSWER_BYTES_MAX = 1_000_000;

/** Why a connection was given up; told apart by `code`. */
class GivenUp extends Error {
  constructor(readonly code: 'ETIMEDOUT' | 'EMSGSIZE') {
    super(code);
  }
}

/**
 * Connections that end by themselves: each carries one question, for so long and so many bytes, however the library
 * that asks reads them. What is for HTTPS cannot be asked over HTTP.
 */
export function boundedAgent(protocol: string): HttpAgent {
  return protocol === 'https:' ? new BoundedHttpsAgent() : new BoundedHttpAgent();
}

class BoundedHttpAgent extends HttpAgent {
  override createConnection(options: ClientRequestArgs, ready?: Ready): Duplex | null | undefined {
    return bounded(super.createConnection(options, ready));
  }
}

class BoundedHttpsAgent extends HttpsAgent {
  override createConnection(options: ClientRequestArgs, ready?: Ready): Duplex | null | undefined {
    return bounded(super.createConnection(options, ready));
  }
}

type Ready = (error: Error | null, stream: Duplex) => void;

function bounded(socket: Duplex | null | undefined): Duplex | null | undefined {
  if (socket === null || socket === undefined) return socket;
  const timer = setTimeout(() => socket.destroy(new GivenUp('ETIMEDOUT')), QUESTION_MS_MAX);
  let bytes = 0;
  // Whoever asks may listen no more when the connection is given up: an error without a listener ends the process.
  socket.on('error', () => undefined);
  socket.once('close', () => clearTimeout(timer));
  socket.once('connect', () => {
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES_MAX) socket.destroy(new GivenUp('EMSGSIZE'));
    });
  });
  return socket;
}
