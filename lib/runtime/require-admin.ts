import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { readSession } from '../auth/session';
import { currentRuntime } from './current';

/** For pages: returns when the session ends (milliseconds since the epoch), or leads to the sign-in page. */
export async function requireAdmin(): Promise<number> {
  const { auth, now } = currentRuntime().admin;
  const expiresAt = await readSession(auth, (await headers()).get('cookie'), now());
  if (expiresAt === undefined) redirect('/login');
  return expiresAt;
}
