/** Why nobody can connect, for people. */
export function cannotListen({ code, message }: NodeJS.ErrnoException): string {
  const hint = code === 'EADDRINUSE' ? '. Something else uses it: stop that, or set PORT to another' : '';
  return `cannot listen: ${message}${hint}`;
}
