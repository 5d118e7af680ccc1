/** Next calls this once when its server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  // next-auth takes the address of this server from the request, whatever it is called.
  process.env.AUTH_TRUST_HOST ??= 'true';
  const { boot } = await import('./lib/runtime/boot');
  // server.mjs handles them itself; plain Next ends the process without asking.
  await boot({ handlesSignals: process.env.NEXT_MANUAL_SIG_HANDLE !== 'true' });
}
