import { hasRuntime } from './lib/runtime/routes/current';

/** Next calls this once when its server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  // next-auth takes the address of this server from the request, whatever it is called.
  process.env.AUTH_TRUST_HOST ??= 'true';
  // server.mjs has started it, without Next.
  if (hasRuntime()) return;
  const { boot } = await import('./lib/runtime/boot');
  // Plain Next ends the process without asking.
  await boot({ handlesSignals: true });
}
