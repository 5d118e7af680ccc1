import type { IncomingHttpHeaders } from 'node:http';
import type { Face, IncomingAnswer } from './face';
import { CLIENT_TOKEN } from './faces';

export interface AskOptions {
  /** Default: POST with a body, GET without. */
  readonly method?: string;
  /** Text and bytes go out as they are, anything else as JSON. */
  readonly body?: unknown;
  /** Added to (and winning over) `authorization` and `content-type`; undefined removes. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  /** The client leaves. */
  readonly signal?: AbortSignal;
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

/** One request with the client token; the path goes out as it is. Resolves with the head, the body not yet read. */
export function open(
  face: Face,
  path: string,
  { method, body, headers, signal }: AskOptions = {},
): Promise<IncomingAnswer> {
  const bytes =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const all: AskOptions['headers'] = {
    authorization: `Bearer ${CLIENT_TOKEN}`,
    ...(bytes !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(bytes)),
    }),
    ...headers,
  };
  const present = Object.entries(all).filter(
    (entry): entry is [string, string | string[]] => entry[1] !== undefined,
  );
  return face.fetch(path, {
    method: method ?? (bytes === undefined ? 'GET' : 'POST'),
    headers: Object.fromEntries(present),
    body: bytes,
    signal,
  });
}

/** Reads an answer to its end, be it a good one or not. */
export async function readAll(incoming: IncomingAnswer): Promise<Answer> {
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
export async function ask(face: Face, path: string, options?: AskOptions): Promise<Answer> {
  return readAll(await open(face, path, options));
}
