import { IncomingMessage } from 'node:http';
import { GrowingBuffer } from '../../openai/json/growing-buffer';

/** What a body may weigh on the wire, beyond so many times its limit. */
const RAW_BYTES_MAX = 64 * 1024;
const RAW_SHARE_MAX = 8;

export type SmallBody =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly reason: 'too_large' | 'too_slow' | 'client_closed' };

/**
 * Reads no byte of a body whose length says that it is too large, and stops at the first byte too many of any other.
 * `onStart`: it is going to be read.
 */
export function readSmallBody(
  req: IncomingMessage,
  bytesMax: number,
  timeoutMs: number,
  onStart: () => void = () => undefined,
): Promise<SmallBody> {
  if (Number(req.headers['content-length'] ?? 0) > bytesMax) {
    return Promise.resolve({ ok: false, reason: 'too_large' });
  }
  onStart();
  // Chunks may be tiny, and carry extensions.
  const rawMax = req.socket.bytesRead + RAW_BYTES_MAX + RAW_SHARE_MAX * bytesMax;
  return new Promise((resolve) => {
    const body = new GrowingBuffer();
    let bytes = 0;
    const settle = (result: SmallBody): void => {
      clearTimeout(timer);
      req.off('data', add).off('end', end).off('close', leave);
      resolve(result);
    };
    const add = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= bytesMax && req.socket.bytesRead <= rawMax) return body.append(chunk);
      req.pause();
      settle({ ok: false, reason: 'too_large' });
    };
    const end = (): void => settle({ ok: true, body: body.take() });
    const leave = (): void => settle({ ok: false, reason: 'client_closed' });
    const timer = setTimeout(() => settle({ ok: false, reason: 'too_slow' }), timeoutMs);
    req.on('error', () => undefined);
    req.on('data', add).on('end', end).on('close', leave);
  });
}

/** The same request, with its body still to be read. */
export function withBody(req: IncomingMessage, body: Buffer): IncomingMessage {
  const copy = new IncomingMessage(req.socket);
  copy.httpVersion = req.httpVersion;
  copy.httpVersionMajor = req.httpVersionMajor;
  copy.httpVersionMinor = req.httpVersionMinor;
  copy.method = req.method;
  copy.url = req.url;
  copy.rawHeaders = req.rawHeaders;
  copy.headers = { ...req.headers, 'content-length': String(body.length) };
  delete copy.headers['transfer-encoding'];
  copy.complete = true;
  if (body.length > 0) copy.push(body);
  copy.push(null);
  return copy;
}
