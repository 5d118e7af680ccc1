import { z } from 'zod';
import {
  BODY_BYTES_MAX,
  type Endpoint,
  type EndpointAnswer,
  type EndpointInput,
} from '../../admin/contract/endpoint';
import type { AdminContext, Verb } from '../../admin/context';
import { AdminError } from '../../admin/error';
import { isFileAnswer, type FileAnswer } from '../../admin/file-answer';
import { isStreamAnswer, type StreamAnswer } from '../../admin/live/follow';
import { messageOf } from '../../admin/words/issue-message';
import { withSaid } from '../../admin/words/with-said';
import { requestIdOf } from '../../gateway/request/request-id';
import { adminRefusal, refusalResponse } from '../../http/admin/admin-refusal';
import { authorise } from '../../http/admin/authorise';
import { currentRuntime } from './current';
import { fileStream } from '../../http/admin/file-stream';
import { readJson } from '../../http/admin/read-json';

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
  const requestId = requestIdOf((name) => request.headers.get(name) ?? undefined);
  const runtime = currentRuntime();
  let response: Response;
  try {
    const caller = await authorise(runtime.front, request);
    response = await work({ ...runtime.admin.parts, caller });
  } catch (error) {
    const refusal = adminRefusal(error, (bug) =>
      runtime.logger.error({ err: bug, requestId }, 'an admin request failed'),
    );
    response = refusalResponse(refusal);
  }
  response.headers.set('x-request-id', requestId);
  response.headers.set('cache-control', 'no-store');
  response.headers.set('x-content-type-options', 'nosniff');
  return response;
}

async function readInput(endpoint: Endpoint, request: Request, { params }: RouteContext): Promise<unknown> {
  const { query, body, bodyBytesMax = BODY_BYTES_MAX } = endpoint;
  const problems: Problems = new Map();
  const read = (schema: z.ZodType | undefined, value: unknown): object => {
    if (schema === undefined) return {};
    const result = schema.safeParse(value);
    if (result.success) return result.data as object;
    for (const issue of result.error.issues.slice(0, PROBLEMS_MAX)) addProblem(problems, issue);
    return {};
  };
  const input = {
    ...read(query ?? NO_QUERY, Object.fromEntries(new URL(request.url).searchParams)),
    ...(body === undefined ? {} : read(body, await readJson(request, bodyBytesMax))),
    ...read(endpoint.params, await params),
  };
  const [first] = problems;
  if (first === undefined) return input;
  const [field, message] = first;
  const fields = Object.fromEntries(problems);
  throw new AdminError('invalid_input', field === '' ? message : `${field}: ${message}`, fields);
}

const NO_QUERY = z.strictObject({});
/** Whoever has made more mistakes than this has not made them by hand. */
const PROBLEMS_MAX = 100;
const FIELD_MAX = 100;

/** By field, whatever it is called: an object has fields of its own, such as `constructor`. */
type Problems = Map<string, string>;

/** What is wrong, by field. Zod says of an unknown field only that it is one; here it is the field that is wrong. */
function addProblem(problems: Problems, issue: z.core.$ZodIssue): void {
  const path = issue.path.map(String);
  const isUnknown = issue.code === 'unrecognized_keys';
  const message = isUnknown ? 'is not a known field' : messageOf(issue);
  const places = isUnknown ? issue.keys.slice(0, PROBLEMS_MAX).map((key) => [...path, key]) : [path];
  for (const place of places) {
    const field = place.join('.').slice(0, FIELD_MAX);
    if (!problems.has(field) && problems.size < PROBLEMS_MAX) problems.set(field, message);
  }
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
  return Response.json(withSaid(answer));
}
