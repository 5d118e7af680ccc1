import NextAuth from 'next-auth';
import type { NextRequest } from 'next/server';
import { nextAuthOptions } from '../auth/next-auth-options';
import { currentRuntime } from './current';

/** What the dashboard needs of next-auth; the rest of it answers nobody. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GET: ['csrf', 'session', 'signin', 'signout', 'error'],
  POST: ['callback', 'signout'],
};

interface RouteContext {
  readonly params: Promise<{ readonly nextauth?: string[] }>;
}

/** Signing in and out. The token goes in, a cookie comes out. */
export async function answerAuth(request: NextRequest, context: RouteContext): Promise<Response> {
  const [action = '', providerId] = (await context.params).nextauth ?? [];
  const isKnown = ACTIONS[request.method]?.includes(action) === true;
  if (!isKnown || (action === 'callback' && providerId !== 'credentials')) {
    const error = { code: 'not_found', message: 'There is nothing here.' };
    return Response.json({ error }, { status: 404, headers: { 'cache-control': 'no-store' } });
  }
  const { auth, signInEvents, now } = currentRuntime().admin;
  const client = currentRuntime().addressOf(request.headers);
  const isSecure = request.headers.get('x-forwarded-proto')?.split(',')[0]?.trim() === 'https';
  const options = nextAuthOptions(auth, client, isSecure, now, signInEvents);
  const response = (await NextAuth(request as never, context as never, options)) as Response;
  response.headers.set('cache-control', 'no-store');
  return response;
}
