import type { IncomingMessage, ServerResponse } from 'node:http';
import compression from 'next/dist/compiled/compression';
import { releaseCompressionStream } from 'next/dist/server/lib/release-compression-stream';

const BYTES_MIN = 1024;

const compress = compression({ threshold: BYTES_MIN, filter: isWorthwhile });

/**
 * Compresses what will be answered, in zlib's own threads: pages and what the admin API tells. Never what answers a
 * write or belongs to signing in, as secrets may stand there beside what strangers have written, and their length would
 * tell of them; never events, which must not wait for each other; never files, which may be large and carry keys.
 */
export function compressAnswer(req: IncomingMessage, res: ServerResponse): void {
  if (req.method !== 'GET' || req.url?.startsWith('/api/auth/') === true) return;
  compress(req, res, () => undefined);
  // A client that hangs up leaves a stream that nothing else ends.
  res.once('close', () => {
    if (!res.writableFinished) releaseCompressionStream(res);
  });
}

function isWorthwhile(req: IncomingMessage, res: ServerResponse): boolean {
  if (res.hasHeader('content-disposition')) return false;
  if (String(res.getHeader('content-type')).startsWith('text/event-stream')) return false;
  return compression.filter(req, res);
}
