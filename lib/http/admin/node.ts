import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathnameOf } from '../door/request-target';
import type { AdminApi } from './admin-api';

/** The admin API's way in from `node:http`, which costs a tenth of the way through a route handler. Never throws. */
export function handleAdminNode(
  api: Pick<AdminApi, 'handle'>,
  req: IncomingMessage,
  res: ServerResponse,
): void {
  const gone = new AbortController();
  // Without listeners an error of a torn connection would end the process.
  req.on('error', ignore);
  res.on('error', ignore);
  res.once('close', () => gone.abort());
  const pathname = pathnameOf(req.url ?? '/');
  void api.handle(requestOf(req, gone.signal), pathname).then((response) => send(response, res));
}

function requestOf(req: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', url = '/' } = req;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(`http://localhost${url}`, {
    method,
    headers: headersOf(req),
    signal,
    ...(hasBody && { body: Readable.toWeb(req) as ReadableStream, duplex: 'half' }),
  });
}

/** What has a length goes out whole; files and events as they come, broken off where their making fails. */
async function send({ status, headers, body }: Response, res: ServerResponse): Promise<void> {
  if (res.destroyed) return body?.cancel();
  res.writeHead(status, Object.fromEntries(headers));
  if (body === null) res.end();
  else if (headers.has('content-length')) res.end(Buffer.from(await new Response(body).arrayBuffer()));
  else await pipeline(Readable.fromWeb(body as never), res).catch(ignore);
}

export function headersOf({ headers }: IncomingMessage): Headers {
  const all = new Headers();
  for (const name in headers) {
    for (const value of [headers[name] ?? []].flat()) all.append(name, value);
  }
  return all;
}

function ignore(): void {
  // The client has left.
}
