/**
 * Whether a browser sent this from a page of ours, by the headers that pages cannot set themselves: Sec-Fetch-Site
 * (Fetch Metadata), else Origin compared with the host. Without either nobody knows, so it counts as foreign.
 */
export function isSameOrigin(headers: Headers): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin') return false;
  const origin = headers.get('origin');
  if (origin === null) return site === 'same-origin';
  const hosts = [headers.get('x-forwarded-host'), headers.get('host')];
  return URL.canParse(origin) && hosts.includes(new URL(origin).host);
}

/** A page of another site asked for it, not a person. */
export function isCrossSite(headers: Headers): boolean {
  return headers.get('sec-fetch-site') === 'cross-site';
}
