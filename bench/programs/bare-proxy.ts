// The least that a proxy in Node can do: `bare-proxy.ts <port> <origin of plain answers> <origin of streams>`. Reads
// the body, sends it on with undici's dispatch, passes the answer back. No keys, no checks, no log.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool, type Dispatcher } from 'undici';

const [port, origin = '', streamsOrigin = ''] = process.argv.slice(2);
const plain = new Pool(origin, { pipelining: 1 });
const streams = new Pool(streamsOrigin, { pipelining: 1 });

/** Headers that belong to a connection and not to the message. */
const HOP_BY_HOP = new Set(['host', 'connection', 'content-length', 'keep-alive', 'transfer-encoding']);

function without(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && !HOP_BY_HOP.has(name)) kept[name] = value;
  }
  return kept;
}

class Handler implements Dispatcher.DispatchHandler {
  constructor(private readonly res: ServerResponse) {}

  /** undici knows its newer kind of handler by this. */
  onRequestStart(): void {}

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingMessage['headers'],
  ) {
    const { 'content-length': length, ...rest } = headers;
    this.res.writeHead(status, {
      ...without(rest),
      ...(length !== undefined && { 'content-length': length }),
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer) {
    if (this.res.write(chunk)) return;
    controller.pause();
    this.res.once('drain', () => controller.resume());
  }

  onResponseEnd() {
    this.res.end();
  }

  onResponseError() {
    this.res.destroy();
  }
}

createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    const body = Buffer.concat(chunks);
    const method = req.method === 'GET' ? 'GET' : 'POST';
    const path = req.url ?? '/';
    const pool = path.includes('/streams/') ? streams : plain;
    pool.dispatch(
      { method, path, headers: without(req.headers), body: method === 'GET' ? null : body },
      new Handler(res),
    );
  });
}).listen(Number(port), '127.0.0.1');
