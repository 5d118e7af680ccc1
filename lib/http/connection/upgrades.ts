import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * An upgrade that comes while an earlier request on the connection is still being answered cannot be taken: the answer
 * comes to its end, and the connection closes behind it. Returns whether that is so.
 */
export function closesBehindEarlier(socket: Socket): boolean {
  const earlier = (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
  if (earlier === undefined) return false;
  // Node has taken its own listener away.
  socket.on('drain', () => earlier.emit('drain'));
  earlier.once('close', () => socket.destroySoon());
  return true;
}

/** Whether it asks to speak WebSocket. Other upgrades, such as that of Java to HTTP/2, may be ignored. */
export function asksForUpgrade({ headers, httpVersion }: IncomingMessage): boolean {
  return httpVersion === '1.1' && /(?:^|,)\s*websocket\s*(?:,|$)/i.test(headers.upgrade ?? '');
}

const OF_UPGRADES: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);

/** Its head as it came, but for the upgrade that it offers. */
export function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at], rawHeaders[at + 1]];
    const lower = name.toLowerCase();
    if (OF_UPGRADES.has(lower)) continue;
    lines.push(`${name}: ${lower === 'connection' ? withoutUpgrade(value) : value}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

function withoutUpgrade(connection: string): string {
  return connection
    .split(',')
    .filter((one) => !OF_UPGRADES.has(one.trim().toLowerCase()))
    .join(',');
}
