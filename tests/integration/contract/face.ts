import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

export interface FaceRequest {
  readonly method: string;
  /** Several values of one name are as many lines. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer | undefined;
  /** The client leaves. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer's head, and its body as it comes; destroying it is leaving. It fails if the connection ends within it. */
export interface IncomingAnswer extends Readable {
  readonly statusCode?: number | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Names and values alternating, in wire order and wire case. */
  readonly rawHeaders: readonly string[];
  /** The body has come to its end. */
  readonly complete: boolean;
}

/** An answer, known by the id of its request. */
export type WithId = Pick<IncomingAnswer, 'headers'>;

/** A way to reach a gateway: over HTTP, or in this process without any socket. Resolves with the head. */
export interface Face {
  fetch(path: string, request: FaceRequest): Promise<IncomingAnswer>;
}

/** Each request on a connection of its own; the path goes out as it is. */
export function httpFace(baseUrl: string): Face {
  const { hostname, port } = new URL(baseUrl);
  return {
    async fetch(path, { method, headers, body, signal }) {
      const outgoing = request({
        hostname,
        port,
        path,
        method,
        headers: headers as OutgoingHttpHeaders,
        agent: false,
        ...(signal !== undefined && { signal }),
      });
      // A peer may answer and close before it has read all of a body: then the write fails, the answer counts.
      outgoing.on('error', () => undefined);
      outgoing.end(body);
      const [incoming] = (await once(outgoing, 'response')) as [IncomingAnswer];
      return incoming;
    },
  };
}
