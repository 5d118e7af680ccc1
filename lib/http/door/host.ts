import type { IncomingHttpHeaders } from 'node:http';

const HOST = /^(?:[a-z0-9._~-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?$/i;

let lastHost = '';

/** Whether an address can be made of it: a name or an IP address, with a port or without. */
export function isHost(text: string): boolean {
  // Nearly all requests name the one that the request before has named.
  if (text === lastHost) return true;
  if (!HOST.test(text) || !URL.canParse(`http://${text}`)) return false;
  lastHost = text;
  return true;
}

/** Keeps of what a proxy in front may tell the first word of each, and of that only what can be true. */
export function tidyForwarded(headers: IncomingHttpHeaders): void {
  keepFirst(headers, 'x-forwarded-host', isHost);
  keepFirst(headers, 'x-forwarded-proto', (proto) => proto === 'http' || proto === 'https');
  keepFirst(headers, 'x-forwarded-port', (port) => /^\d{1,5}$/.test(port));
}

function keepFirst(headers: IncomingHttpHeaders, name: string, isTrue: (word: string) => boolean): void {
  const value = headers[name];
  if (value === undefined) return;
  const first = value.toString().split(',')[0]?.trim() ?? '';
  if (isTrue(first)) headers[name] = first;
  // Next reads what is missing from the connection.
  else delete headers[name];
}
