import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { readSession } from '../../auth/session';
import { currentRuntime } from './current';

/** When the session of whoever asks for a page ends, in milliseconds since the epoch; undefined without one. */
export async function sessionEnd(): Promise<number | undefined> {
  const { auth, now } = currentRuntime().admin;
  return (await readSession(auth, (await headers()).get('cookie'), now()))?.endsAt;
}

/** For pages: leads to the sign-in page, and from there back to the path `x-path` names, unless there is a session. */
export async function requireAdmin(): Promise<void> {
  if ((await sessionEnd()) !== undefined) return;
  const path = (await headers()).get('x-path') ?? '/';
  redirect(path === '/' ? '/login' : `/login?next=${encodeURIComponent(path)}`);
}
