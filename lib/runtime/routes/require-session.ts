import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { readSession, type OpenSession } from '../../auth/session';
import { currentRuntime } from './current';

/** The session of whoever asks for a page; undefined without one. */
export async function currentSession(): Promise<OpenSession | undefined> {
  const { auth, now } = currentRuntime().admin;
  return readSession(auth, (await headers()).get('cookie'), now());
}

/** For pages: leads to the sign-in page, and from there back to the path `x-path` names, unless there is a session. */
export async function requireSession(): Promise<OpenSession> {
  const session = await currentSession();
  if (session !== undefined) return session;
  const path = (await headers()).get('x-path') ?? '/';
  redirect(path === '/' ? '/login' : `/login?next=${encodeURIComponent(path)}`);
}
