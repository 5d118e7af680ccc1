import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { CLIENT_TOKEN } from './both-modes';

export interface AskOptions {
  /** Default: POST with a body, GET without. */
  readonly method?: string;
  /** Text and bytes go out as they are, anything else as JSON. */
  readonly body?: unknown;
  /** Added to (and winning over) `authorization` and `content-type`; undefined removes. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names and values alternating, in wire order and wire case. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
  /** False if the connection ended within the body. */
  readonly isWhole: boolean;
  json(): Record<string, unknown>;
}

/**
 * One request on a connection of its own; the path goes out as it is. Resolves with the head, the body not yet read.
 */
export async function open(
  baseUrl: string,
  path: string,
  { method, body, headers }: AskOptions = {},
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(baseUrl);
  const bytes =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const all = {
    authorization: `Bearer ${CLIENT_TOKEN}`,
    ...(bytes !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(bytes)),
    }),
    ...headers,
  };
  const present = Object.entries(all).filter(([, value]) => value !== undefined);
  const outgoing = request({
    hostname,
    port,
    path,
    method: method ?? (bytes === undefined ? 'GET' : 'POST'),
    headers: Object.fromEntries(present) as OutgoingHttpHeaders,
    agent: false,
  });
  // A peer may answer and close before it has read all of a body: then the write fails, the answer counts.
  outgoing.on('error', () => undefined);
  outgoing.end(bytes);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return incoming;
}

/** Reads an answer to its end, be it a good one or not. */
export async function readAll(incoming: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    // `isWhole` tells.
  }
  const body = Buffer.concat(chunks);
  const text = body.toString('utf8');
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body,
    text,
    isWhole: incoming.complete,
    json: () => JSON.parse(text) as Record<string, unknown>,
  };
}

/** One request with the client token, and its whole answer. */
export async function ask(baseUrl: string, path: string, options?: AskOptions): Promise<Answer> {
  return readAll(await open(baseUrl, path, options));
}
