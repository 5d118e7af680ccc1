import NextAuth from 'next-auth';
import { NextRequest } from 'next/server';
import { z } from 'zod';
import { atMost } from '../../auth/at-most';
import { askerOf, nextAuthOptions, oidcTry, pathOf, WRITE_MS_MAX } from '../../auth/next-auth-options';
import { errorCodeOf, hasBegun } from '../../auth/oidc/begun';
import { failureOf, problemOf, type OidcFailure } from '../../auth/oidc/failure';
import { oidcProvider } from '../../auth/oidc/provider';
import { refusedCookie } from '../../auth/oidc/refused-cookie';
import type { OidcIdentity } from '../../auth/oidc/identity';
import { currentRuntime } from './current';

interface Way {
  readonly request: NextRequest;
  readonly context: object;
  readonly isSecure: boolean;
  /** The path to go to in the end. */
  readonly next: string;
}

interface Result {
  readonly failure: OidcFailure;
  /** Who it is that has no role here. */
  readonly identity?: OidcIdentity | undefined;
  /** For the log; without values. */
  readonly problem: string;
  readonly cookies?: readonly string[];
}

/** The way to the OpenID provider: answers with its address, or with that of the sign-in page that says why not. */
export async function leadToProvider(way: Way): Promise<Response> {
  const result = await walk(way);
  if (result instanceof Response) return result;
  return toSignInPage(way, result, (url, headers) => Response.json({ url }, { headers }));
}

/** The way back from it: into the dashboard, or to the sign-in page that says why not. */
export async function comeFromProvider(way: Way): Promise<Response> {
  const request = withKnownParameters(way.request);
  const result = (await refusedThere(request, way.isSecure)) ?? (await walk({ ...way, request }));
  if (result instanceof Response) return result;
  return toSignInPage(way, result, (location, headers) => {
    headers.set('location', location);
    return new Response(null, { status: 302, headers });
  });
}

/** What the provider says instead of a code; undefined if it sends none. Anybody can send such a text. */
async function refusedThere(
  { nextUrl: { searchParams }, cookies }: NextRequest,
  isSecure: boolean,
): Promise<Result | undefined> {
  const error = searchParams.get('error');
  if (error === null) return undefined;
  const secret = currentRuntime().admin.auth.sessionSecret;
  const cookieOf = (name: string): string | undefined => cookies.get(name)?.value;
  if (!(await hasBegun(searchParams.get('state'), cookieOf, { secret, isSecure }))) {
    return { failure: 'stale', problem: 'error_without_state' };
  }
  const problem = errorCodeOf(error);
  return problem === undefined
    ? { failure: 'unfit', problem: 'error_without_code' }
    : resultOf(new Error(problem));
}

/** The answer of next-auth if all went well. Never rejects but for what cannot be read of the request. */
async function walk({ request, context, isSecure }: Way): Promise<Response | Result> {
  const { auth, signInEvents, discovery, now } = currentRuntime().admin;
  const client = currentRuntime().front.addressOf(request.headers);
  const provider = await discovery
    .of(auth.oidc.OIDC_ISSUER)
    .then((about) => oidcProvider(auth.oidc, about, now))
    .catch(resultOf);
  if ('failure' in provider) return provider;
  let refused: Result | undefined;
  const onRefused = (identity: OidcIdentity | undefined): void => {
    refused =
      identity === undefined
        ? { failure: 'unfit', problem: 'claims_of_nobody' }
        : { failure: 'no_role', problem: 'no_entry_fits', identity };
  };
  const signIn = { client, isSecure, onLocked: () => undefined, oidc: { provider, onRefused } };
  const options = nextAuthOptions(auth, signIn, now, signInEvents);
  const tried: { cause?: unknown } = {};
  const response = await oidcTry.run(
    tried,
    async () => (await NextAuth(request as never, context as never, options)) as Response,
  );
  if (await isGood(response)) return response;
  const cookies = response.headers.getSetCookie();
  if (refused !== undefined) return { ...refused, cookies };
  // Without a cause it came without the proof that a page of ours has sent it.
  const failed = tried.cause === undefined ? NOT_OURS : resultOf(tried.cause);
  return { ...failed, cookies };
}

const NOT_OURS: Result = { failure: 'stale', problem: 'not_from_the_sign_in_page' };

function resultOf(error: unknown): Result {
  return { failure: failureOf(error), problem: problemOf(error) };
}

const answerSchema = z.object({ url: z.string() });

/** Whether it leads to the provider, by JSON, or to a page of the dashboard; else to a page that is not wanted here. */
async function isGood(response: Response): Promise<boolean> {
  const location = response.headers.get('location');
  if (location !== null) return location.startsWith('/');
  const answer: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  const { url = '' } = answerSchema.safeParse(answer).data ?? {};
  return URL.canParse(url) && new URL(url).searchParams.has('client_id');
}

/** With its cookies, a line in the log, and an entry in the audit list if it is known who it was. */
async function toSignInPage(
  { request, isSecure, next }: Way,
  { failure, identity, problem, cookies = [] }: Result,
  answer: (url: string, headers: Headers) => Response,
): Promise<Response> {
  const { auth, signInEvents } = currentRuntime().admin;
  const { address } = currentRuntime().front.addressOf(request.headers);
  const headers = new Headers();
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  if (identity !== undefined) {
    headers.append('set-cookie', await refusedCookie(identity.name, auth.sessionSecret, isSecure));
    await atMost(WRITE_MS_MAX, signInEvents.refused(askerOf(identity, address)));
  }
  currentRuntime().logger.warn({ failure, problem }, 'signing in at the OpenID provider failed');
  const more = next === '/' ? '' : `&next=${encodeURIComponent(next)}`;
  return answer(`/login?error=${failure}${more}`, headers);
}

const PARAMETERS = ['code', 'state', 'iss', 'error'];

/** What a code comes back with (RFC 6749, 4.1.2; RFC 9207); anything else would be read by the library too. */
function withKnownParameters(request: NextRequest): NextRequest {
  const url = new URL(request.url);
  for (const name of [...url.searchParams.keys()])
    if (!PARAMETERS.includes(name)) url.searchParams.delete(name);
  return new NextRequest(url, { method: request.method, headers: request.headers });
}

/** Where a sign-in that began here wanted to go: next-auth keeps it in a cookie. */
export function nextInCookie({ cookies, url }: NextRequest): string {
  const kept = ['__Secure-next-auth.callback-url', 'next-auth.callback-url'].map((name) => cookies.get(name));
  return pathOf(kept.find((cookie) => cookie !== undefined)?.value ?? '/', url);
}
