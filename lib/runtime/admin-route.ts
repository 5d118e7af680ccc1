import { z } from 'zod';
import type { Endpoint, EndpointAnswer, EndpointInput } from '../admin/contract/endpoint';
import { ADMIN_ERRORS, type ErrorAnswer } from '../admin/contract/error';
import type { AdminContext, Verb } from '../admin/context';
import { AdminError } from '../admin/error';
import { isFileAnswer, type FileAnswer } from '../admin/file-answer';
import { isStreamAnswer, type StreamAnswer } from '../admin/live/follow';
import { requestIdFrom } from '../gateway/request-id';
import { authorise, type TooManyTokens } from './authorise';
import { currentRuntime } from './current';
import { fileStream } from './file-stream';
import { readJson } from './read-json';

interface RouteContext {
  readonly params: Promise<Record<string, string | string[] | undefined>>;
}

type Route = (request: Request, context: RouteContext) => Promise<Response>;

type AnswerOf<E> = E extends { readonly answer: z.ZodType } ? EndpointAnswer<E> : FileAnswer | StreamAnswer;

/** An endpoint of the admin API: lets the right ones in, checks what they say, does it, and says how it went. */
export function adminRoute<E extends Endpoint>(
  endpoint: E,
  verb: Verb<EndpointInput<E>, AnswerOf<E>>,
): Route {
  return (request, route) =>
    answered(request, async (context) => {
      const input = await readInput(endpoint, request, route);
      return answerOf(await verb(context, input as EndpointInput<E>));
    });
}

/** Whatever is not an endpoint. Nobody learns what there is without being let in. */
export function noSuchEndpoint(request: Request): Promise<Response> {
  return answered(request, () => Promise.reject(new AdminError('not_found', 'There is no such endpoint.')));
}

async function answered(
  request: Request,
  work: (context: AdminContext) => Promise<Response>,
): Promise<Response> {
  const requestId = requestIdFrom(request.headers.get('x-request-id') ?? undefined);
  const runtime = currentRuntime();
  let response: Response;
  try {
    const caller = await authorise(request);
    response = await work({ ...runtime.admin.parts, caller });
  } catch (error) {
    response = errorResponse(error, (bug) =>
      runtime.logger.error({ err: bug, requestId }, 'an admin request failed'),
    );
  }
  response.headers.set('x-request-id', requestId);
  response.headers.set('cache-control', 'no-store');
  response.headers.set('x-content-type-options', 'nosniff');
  return response;
}

async function readInput(endpoint: Endpoint, request: Request, { params }: RouteContext): Promise<unknown> {
  const problems: Record<string, string> = {};
  const read = (schema: z.ZodType | undefined, value: unknown): object => {
    if (schema === undefined) return {};
    const result = schema.safeParse(value);
    if (result.success) return result.data as object;
    for (const issue of result.error.issues) addProblem(problems, issue);
    return {};
  };
  const input = {
    ...read(endpoint.query ?? NO_QUERY, Object.fromEntries(new URL(request.url).searchParams)),
    ...(endpoint.body === undefined ? {} : read(endpoint.body, await readJson(request))),
    ...read(endpoint.params, await params),
  };
  const [first] = Object.entries(problems);
  if (first === undefined) return input;
  const [field, message] = first;
  throw new AdminError('invalid_input', field === '' ? message : `${field}: ${message}`, problems);
}

const NO_QUERY = z.strictObject({});

/** What is wrong, by field. Zod says of an unknown field only that it is one; here it is the field that is wrong. */
function addProblem(problems: Record<string, string>, issue: z.core.$ZodIssue): void {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) problems[[...path, key].join('.').slice(0, 100)] ??= 'is not a known field';
  } else problems[path.join('.').slice(0, 100)] ??= issue.message;
}

function answerOf(answer: unknown): Response {
  if (isStreamAnswer(answer)) {
    const headers = {
      'content-type': 'text/event-stream; charset=utf-8',
      // Some proxies would keep events back to compress them or send them together.
      'x-accel-buffering': 'no',
    };
    return new Response(answer.stream, { headers });
  }
  if (isFileAnswer(answer)) {
    const headers = {
      'content-type': answer.contentType,
      'content-disposition': `attachment; filename="${answer.filename}"`,
    };
    return new Response(fileStream(answer.chunks), { headers });
  }
  return Response.json(answer);
}

/** Errors are told apart by their code: modules are loaded several times, so `instanceof` would lie. */
function errorResponse(error: unknown, onBug: (error: unknown) => void): Response {
  const { code, message, fields, waitSeconds } = (error ?? {}) as Partial<TooManyTokens>;
  const known = typeof code === 'string' && code in ADMIN_ERRORS ? code : undefined;
  if (known === undefined) onBug(error);
  const body: ErrorAnswer = {
    error: {
      code: known ?? 'internal_error',
      message: known === undefined ? 'The program made a mistake. Its log has the details.' : (message ?? ''),
      ...(fields !== undefined && { fields: { ...fields } }),
    },
  };
  const response = Response.json(body, { status: ADMIN_ERRORS[known ?? 'internal_error'] });
  if (waitSeconds !== undefined) response.headers.set('retry-after', String(waitSeconds));
  if (known === 'unauthorized') response.headers.set('www-authenticate', 'Bearer');
  return response;
}
