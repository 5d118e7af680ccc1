import { Agent as HttpAgent, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { OidcError } from './failure';

/** For one question to the provider, from the look-up of its name to the last byte of its answer. */
export const QUESTION_MS_MAX = 5000;
const ANSWER_BYTES_MAX = 1_000_000;

/** Why a question was given up; told apart by `code`. */
class GivenUp extends Error {
  constructor(readonly code: 'ETIMEDOUT' | 'ECONNRESET' | 'answer_too_large') {
    super(code);
  }
}

/**
 * Connections that end by themselves: each carries one question, for `ms` and so many bytes, however the library that
 * asks reads them, and ends in an answer or an error. What is for HTTPS cannot be asked over HTTP.
 */
export function boundedAgent(protocol: string, ms = QUESTION_MS_MAX): HttpAgent {
  const agent = (protocol === 'https:' ? new HttpsAgent() : new HttpAgent()) as WholeAgent;
  const connect = agent.createConnection.bind(agent);
  const add = agent.addRequest.bind(agent);
  agent.createConnection = (options, ready) => bounded(connect(options, ready));
  agent.addRequest = (request, ...rest) => {
    endInAnyCase(request, ms);
    add(request, ...rest);
  };
  return agent;
}

/** With what Node calls for each request; its types do not have it. */
type WholeAgent = HttpAgent & { addRequest: (request: ClientRequest, ...rest: unknown[]) => void };

function bounded(socket: Duplex | null | undefined): Duplex | null | undefined {
  if (socket === null || socket === undefined) return socket;
  let bytes = 0;
  // Whoever asks may listen no more when the connection is given up: an error without a listener ends the process.
  socket.on('error', () => undefined);
  socket.once('connect', () => {
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES_MAX) socket.destroy(new GivenUp('answer_too_large'));
    });
  });
  return socket;
}

/**
 * Makes sure that whoever waits for an answer or an error gets one: a change of protocol (101), and a connection that
 * closes behind one, come as neither. An error during the answer ends the answer, by the same error.
 */
function endInAnyCase(request: ClientRequest, ms: number): void {
  let answer: IncomingMessage | undefined;
  const fail = (error: Error): void => {
    request.emit('error', error);
    request.destroy();
  };
  const timer = setTimeout(() => {
    if (answer === undefined) fail(new GivenUp('ETIMEDOUT'));
    else answer.destroy(new GivenUp('ETIMEDOUT'));
  }, ms);
  request.once('response', (response) => {
    answer = response;
    response.once('close', () => clearTimeout(timer));
  });
  // Stays for longer than those of whoever asks: an error without a listener ends the process.
  request.on('error', (error) => answer?.destroy(error));
  request.once('upgrade', (_response, socket) => {
    clearTimeout(timer);
    socket.destroy();
    fail(new OidcError('unfit', 'status_101'));
  });
  request.once('close', () => {
    clearTimeout(timer);
    if (answer === undefined) request.emit('error', new GivenUp('ECONNRESET'));
  });
}
