import type { IncomingMessage } from 'node:http';
import { isHost } from './host';
import type { Refusal } from './refusal';

/** `http://host/path`, which every server has to take (RFC 9112, 3.2.2). Names and passwords have no place in it. */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#@]+)(?=[/?#]|$)(.*)$/is;

/** Also for what cannot be parsed because of that. */
export const OTHER_VERSION: Refusal = {
  status: 505,
  code: 'http_version_not_supported',
  message: 'HTTP/1.1 and HTTP/1.0 are understood here, and no other version.',
};
const OTHER_CODING: Refusal = {
  status: 501,
  code: 'unsupported_transfer_encoding',
  message: 'No transfer encoding but `chunked` is understood.',
};

function malformed(message: string): Refusal {
  return { status: 400, code: 'malformed_request', message };
}

/**
 * What makes a request unfit to be looked at any further; undefined if nothing does. Two readings of one request must
 * not exist: it has one host, one length, and one path, which is written back into `url` with a single slash in front.
 */
export function flawOf(req: IncomingMessage): Refusal | undefined {
  const { httpVersion } = req;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return OTHER_VERSION;
  const coding = req.headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== CHUNKED) return OTHER_CODING;
  const flaw = flawInFraming(req) ?? flawInTarget(req);
  return flaw === undefined ? undefined : malformed(flaw);
}

const CHUNKED = 'chunked';

function flawInFraming({ headers, httpVersion }: IncomingMessage): string | undefined {
  if (headers['transfer-encoding'] === undefined) return undefined;
  if (headers['content-length'] !== undefined) {
    return 'The request has both a length and a transfer encoding.';
  }
  return httpVersion === '1.0' ? 'HTTP/1.0 knows no transfer encoding.' : undefined;
}

function flawInTarget(req: IncomingMessage): string | undefined {
  const { headers, httpVersion } = req;
  const hosts = hostsIn(req.rawHeaders);
  if (hosts > 1) return 'The request names more than one host.';
  if (hosts === 0 && httpVersion === '1.1') return 'The request names no host.';
  const url = req.url ?? '/';
  if ((!url.startsWith('/') || url.startsWith('//')) && !rewrite(req, url))
    return 'The request names no path.';
  const { host } = headers;
  return host === undefined || isHost(host) ? undefined : 'The host is none.';
}

/** The path alone, without the query. */
export function pathnameOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}

function rewrite(req: IncomingMessage, url: string): boolean {
  const [, host, rest] = ABSOLUTE_FORM.exec(url) ?? [];
  // The host in the address counts, not the one in the header.
  if (host !== undefined) req.headers.host = host;
  else if (!url.startsWith('/')) return false;
  req.url = `/${rest ?? url}`.replace(/^\/+/, '/');
  return true;
}

function hostsIn(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts;
}
