import NextAuth from 'next-auth';
import { NextRequest } from 'next/server';
import { nextAuthOptions } from '../auth/next-auth-options';
import { currentRuntime } from './current';
import { SIGN_IN_BYTES_MAX } from './http/places';
import { readLimited } from './read-limited';

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
    return refused(404, 'not_found', 'There is nothing here.');
  }
  const body = await readLimited(request, SIGN_IN_BYTES_MAX);
  if (body === undefined) {
    const message = `The body is larger than the ${SIGN_IN_BYTES_MAX} bytes allowed here.`;
    return refused(413, 'body_too_large', message, { connection: 'close' });
  }
  const { auth, signInEvents, now } = currentRuntime().admin;
  const client = currentRuntime().addressOf(request.headers);
  const isSecure = request.headers.get('x-forwarded-proto')?.split(',')[0]?.trim() === 'https';
  const options = nextAuthOptions(auth, client, isSecure, now, signInEvents);
  try {
    const whole = request.method === 'POST' ? withBody(request, body) : request;
    const response = (await NextAuth(whole as never, context as never, options)) as Response;
    response.headers.set('cache-control', 'no-store');
    return response;
  } catch (error) {
    if (isUnreadable(error)) return refused(400, 'invalid_input', 'The request cannot be read.');
    currentRuntime().logger.error({ err: error }, 'a sign-in failed by our own fault');
    return refused(500, 'internal_error', 'The program made a mistake.');
  }
}

/** What parsers throw: of JSON, forms and addresses, and of values that no header can carry. */
function isUnreadable(error: unknown): boolean {
  return error instanceof SyntaxError || error instanceof TypeError || error instanceof URIError;
}

function withBody({ url, method, headers }: NextRequest, body: Buffer): NextRequest {
  return new NextRequest(url, { method, headers, body: new Uint8Array(body) });
}

function refused(status: number, code: string, message: string, headers: HeadersInit = {}): Response {
  const answer = Response.json({ error: { code, message } }, { status, headers });
  answer.headers.set('cache-control', 'no-store');
  return answer;
}
