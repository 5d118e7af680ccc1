import NextAuth from 'next-auth';
import { NextRequest } from 'next/server';
import { z } from 'zod';
import { errorWithSaid } from '../../admin/words/with-said';
import type { AdminAuth } from '../../auth/admin-auth';
import { atMost } from '../../auth/at-most';
import { nextAuthOptions, WRITE_MS_MAX } from '../../auth/next-auth-options';
import { forgottenCookies, sessionsIn } from '../../auth/session';
import { currentRuntime } from './current';
import { SIGN_IN_BYTES_MAX } from '../../http/door/places';
import { readLimited } from '../../http/admin/read-limited';

/** The routes of next-auth that the dashboard needs; the others answer 404. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GET: ['csrf', 'session', 'signin', 'signout', 'error'],
  POST: ['callback', 'signout'],
};

const answerSchema = z.object({ url: z.string() });

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
  try {
    return await answerByNextAuth(
      action,
      request.method === 'POST' ? withBody(request, body) : request,
      context,
    );
  } catch (error) {
    if (isUnreadable(error)) return refused(400, 'invalid_input', 'The request cannot be read.');
    currentRuntime().logger.error({ err: error }, 'a sign-in failed by our own fault');
    return refused(500, 'internal_error', 'The program made a mistake.');
  }
}

async function answerByNextAuth(
  action: string,
  request: NextRequest,
  context: RouteContext,
): Promise<Response> {
  const { auth, signInEvents, now } = currentRuntime().admin;
  const client = currentRuntime().front.addressOf(request.headers);
  const isSecure = request.headers.get('x-forwarded-proto')?.split(',')[0]?.trim() === 'https';
  let waitSeconds = 0;
  const options = nextAuthOptions(auth, client, isSecure, now, signInEvents, (seconds) => {
    waitSeconds = seconds;
  });
  const response = (await NextAuth(request as never, context as never, options)) as Response;
  response.headers.set('cache-control', 'no-store');
  if (action === 'signout' && request.method === 'POST' && !(await isForged(response))) {
    const ended = endSessions(auth, request, response);
    await atMost(
      WRITE_MS_MAX,
      ended.then((count) => (count > 0 ? signInEvents.signedOut(client.address) : undefined)),
    );
  }
  if (waitSeconds === 0) return response;
  response.headers.set('retry-after', String(waitSeconds));
  return new Response(response.body, { status: 429, headers: response.headers });
}

/** What parsers throw: of JSON, forms and addresses, and of values that no header can carry. */
function isUnreadable(error: unknown): boolean {
  return error instanceof SyntaxError || error instanceof TypeError || error instanceof URIError;
}

/** Whether next-auth refused a sign-out, because it came without the proof that a page of ours sent it. */
async function isForged(response: Response): Promise<boolean> {
  const location = response.headers.get('location');
  const answer: unknown =
    location === null
      ? await response
          .clone()
          .json()
          .catch(() => undefined)
      : undefined;
  const target = location ?? answerSchema.safeParse(answer).data?.url;
  if (target === undefined) return true;
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  return pathname.endsWith('/api/auth/signout') && searchParams.get('csrf') === 'true';
}

/** The longest session that ADMIN_SESSION_EXPIRE allows: the setting may be longer by the time of the next start. */
const SESSION_MS_MAX = 86_400_000;

/** Ends all sessions that the browser has, also those of the other scheme. Returns how many. */
async function endSessions(auth: AdminAuth, request: NextRequest, response: Response): Promise<number> {
  const cookies = request.headers.get('cookie');
  for (const cookie of forgottenCookies(cookies)) response.headers.append('set-cookie', cookie);
  const sessions = await sessionsIn(auth.sessionSecret, cookies);
  await Promise.all(
    sessions.map(({ sessionId, signedInAt }) => auth.revoke(sessionId, signedInAt + SESSION_MS_MAX)),
  );
  return sessions.length;
}

function withBody({ url, method, headers }: NextRequest, body: Buffer): NextRequest {
  return new NextRequest(url, { method, headers, body: new Uint8Array(body) });
}

function refused(status: number, code: string, message: string, headers: HeadersInit = {}): Response {
  const answer = Response.json(errorWithSaid({ code, message }), { status, headers });
  answer.headers.set('cache-control', 'no-store');
  return answer;
}
