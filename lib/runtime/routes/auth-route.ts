import NextAuth from 'next-auth';
import { NextRequest } from 'next/server';
import { z } from 'zod';
import { errorWithSaid } from '../../admin/words/with-said';
import type { AdminAuth } from '../../auth/admin-auth';
import { atMost } from '../../auth/at-most';
import { askerOf, nextAuthOptions, pathOf, WRITE_MS_MAX } from '../../auth/next-auth-options';
import { OIDC } from '../../auth/oidc/provider';
import { hasOidc } from '../../auth/oidc/settings';
import { forgottenCookies, sessionsIn, type SessionClaims } from '../../auth/session';
import { currentRuntime } from './current';
import { comeFromProvider, leadToProvider, nextInCookie } from './oidc-route';
import { SIGN_IN_BYTES_MAX } from '../../http/door/places';
import { readLimited } from '../../http/admin/read-limited';

/** The routes of next-auth that the dashboard needs; the others answer 404. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GET: ['csrf', 'session', 'signin', 'signout', 'error', `callback/${OIDC}`],
  POST: ['callback/credentials', `signin/${OIDC}`, 'signout'],
};

const answerSchema = z.object({ url: z.string() });

interface RouteContext {
  readonly params: Promise<{ readonly nextauth?: string[] }>;
}

/** Signing in and out. The token goes in, a cookie comes out. */
export async function answerAuth(request: NextRequest, context: RouteContext): Promise<Response> {
  const action = await actionOf(request, context);
  if (action === undefined) return refused(404, 'not_found', 'There is nothing here.');
  const body = await readLimited(request, SIGN_IN_BYTES_MAX);
  if (body === undefined) {
    const message = `The body is larger than the ${SIGN_IN_BYTES_MAX} bytes allowed here.`;
    return refused(413, 'body_too_large', message, { connection: 'close' });
  }
  try {
    const response = await answerOf(action, request, body, context);
    response.headers.set('cache-control', 'no-store');
    return response;
  } catch (error) {
    if (isUnreadable(error)) return refused(400, 'invalid_input', 'The request cannot be read.');
    currentRuntime().logger.error({ err: error }, 'a sign-in failed by our own fault');
    return refused(500, 'internal_error', 'The program made a mistake.');
  }
}

/** With the provider's name where that matters; undefined for what nobody needs. */
async function actionOf({ method }: NextRequest, { params }: RouteContext): Promise<string | undefined> {
  const [action = '', provider = ''] = (await params).nextauth ?? [];
  const isAtOidc = provider === OIDC && hasOidc(currentRuntime().admin.auth.oidc);
  const names = action === 'callback' || method === 'POST' ? [action, provider].filter(Boolean) : [action];
  const name = action === 'signout' ? action : names.join('/');
  const isKnown = ACTIONS[method]?.includes(name) === true;
  return isKnown && (isAtOidc || !name.endsWith(`/${OIDC}`)) ? name : undefined;
}

async function answerOf(
  action: string,
  request: NextRequest,
  body: Buffer,
  context: RouteContext,
): Promise<Response> {
  const isSecure = request.headers.get('x-forwarded-proto')?.split(',')[0]?.trim() === 'https';
  if (action === `callback/${OIDC}`) {
    return comeFromProvider({ request, context, isSecure, next: nextInCookie(request) });
  }
  const whole = request.method === 'POST' ? withBody(request, body) : request;
  if (action !== `signin/${OIDC}`) return answerByNextAuth(action, whole, context, isSecure);
  const next = pathOf(new URLSearchParams(body.toString()).get('callbackUrl') ?? '/', request.url);
  return leadToProvider({ request: whole, context, isSecure, next });
}

async function answerByNextAuth(
  action: string,
  request: NextRequest,
  context: RouteContext,
  isSecure: boolean,
): Promise<Response> {
  const { auth, signInEvents, now } = currentRuntime().admin;
  const client = currentRuntime().front.addressOf(request.headers);
  let waitSeconds = 0;
  const onLocked = (seconds: number): void => {
    waitSeconds = seconds;
  };
  const options = nextAuthOptions(auth, { client, isSecure, onLocked }, now, signInEvents);
  const response = (await NextAuth(request as never, context as never, options)) as Response;
  if (action === 'signout' && request.method === 'POST' && !(await isForged(response))) {
    const ended = endSessions(auth, request, response);
    const note = ended.then(([session]) =>
      session === undefined ? undefined : signInEvents.signedOut(askerOf(session.identity, client.address)),
    );
    await atMost(WRITE_MS_MAX, note);
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

/** Ends all sessions that the browser has, also those of the other scheme, and returns them. */
async function endSessions(
  auth: AdminAuth,
  request: NextRequest,
  response: Response,
): Promise<readonly SessionClaims[]> {
  const cookies = request.headers.get('cookie');
  for (const cookie of forgottenCookies(cookies)) response.headers.append('set-cookie', cookie);
  const sessions = await sessionsIn(auth.sessionSecret, cookies);
  await Promise.all(
    sessions.map(({ sessionId, signedInAt }) => auth.revoke(sessionId, signedInAt + SESSION_MS_MAX)),
  );
  return sessions;
}

function withBody({ url, method, headers }: NextRequest, body: Buffer): NextRequest {
  return new NextRequest(url, { method, headers, body: new Uint8Array(body) });
}

function refused(status: number, code: string, message: string, headers: HeadersInit = {}): Response {
  const answer = Response.json(errorWithSaid({ code, message }), { status, headers });
  answer.headers.set('cache-control', 'no-store');
  return answer;
}
