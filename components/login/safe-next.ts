/** Where to go after signing in: a path of this very site, whatever the address bar was made to say. */
export function safeNext(next: string | string[] | undefined): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return '/';
  // Browsers read `\` as `/` and drop control characters, and `//host` is another site.
  const url = new URL(next, 'http://self.invalid');
  if (url.origin !== 'http://self.invalid') return '/';
  return `${url.pathname}${url.search}`.replace(/^\/+/, '/');
}
