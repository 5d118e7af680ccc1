import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, of whose body only its hash is kept. */
export interface HashedRequest {
  readonly key: string | undefined;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: number;
  readonly sha256: string;
}

export type BodyReply = (request: HashedRequest, response: ServerResponse) => void;

export interface BodyUpstream {
  readonly baseUrl: string;
  /** Those whose body has come whole. */
  readonly requests: readonly HashedRequest[];
  /** Answers at the head, before the body has come, if it returns true. */
  early: (key: string | undefined, response: ServerResponse) => boolean;
  reply: BodyReply;
  stop(): Promise<void>;
}

/** An upstream for bodies that would fill the test's own memory. Answers `{"id":"file-1"}` unless told otherwise. */
export async function startBodyUpstream(): Promise<BodyUpstream> {
  const requests: HashedRequest[] = [];
  const server = createServer((req, res) => {
    res.on('error', () => undefined);
    req.on('error', () => undefined);
    const key = /^Bearer (.*)$/.exec(req.headers.authorization ?? '')?.[1];
    if (upstream.early(key, res)) return;
    const hash = createHash('sha256');
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      bytes += chunk.length;
    });
    req.on('end', () => {
      const { url = '', headers } = req;
      const request = { key, url, headers, bytes, sha256: hash.digest('hex') };
      requests.push(request);
      upstream.reply(request, res);
    });
  });
  server.listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const upstream: BodyUpstream = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    early: () => false,
    reply: (_request, response) =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"id":"file-1","object":"file"}'),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return upstream;
}
