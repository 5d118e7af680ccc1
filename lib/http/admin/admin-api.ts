import type { EndpointName } from '../../admin/contract/addresses';
import { ADMIN_API, type EndpointNamed } from '../../admin/contract/api';
import { bodyBytesMaxOf } from '../../admin/contract/body-limits';
import type { Endpoint, EndpointAnswer, EndpointCall } from '../../admin/contract/endpoint';
import type { AdminCaller, AdminParts, Verb } from '../../admin/context';
import { AdminError } from '../../admin/error';
import { isFileAnswer } from '../../admin/file-answer';
import { isStreamAnswer } from '../../admin/live/follow';
import { ADMIN_VERBS } from '../../admin/verbs';
import { withSaid } from '../../admin/words/with-said';
import { requestIdOf } from '../../gateway/request/request-id';
import { notAllowed } from '../door/refusal';
import { adminAddressOf } from './addresses';
import { adminRefusal, refusalResponse, type AdminRefusal } from './admin-refusal';
import { jsonResponse } from './json-response';
import { authorise, requireRole, type Doorkeeper } from './authorise';
import { fileStream } from './file-stream';
import { queryOf, readInput } from './read-input';
import { readJson } from './read-json';

export interface AdminApiParts extends Doorkeeper {
  readonly parts: AdminParts;
  /** Something may have been changed; waits, for about a second at most, until that is in force. Never rejects. */
  readonly onChanged: () => Promise<void>;
  /** Something failed by our own fault. */
  readonly onBug: (error: unknown, requestId?: string) => void;
}

/** Answers one endpoint for one caller, with the codes beside its texts. */
export type Ask = <N extends EndpointName>(
  name: N,
  input: EndpointCall<EndpointNamed<N>>,
) => Promise<EndpointAnswer<EndpointNamed<N>>>;

/** The admin API: finds the endpoint, lets the right ones in, checks what they say, does it, and says how it went. */
export class AdminApi {
  constructor(private readonly given: AdminApiParts) {}

  /**
   * `pathname`: as the client wrote it, where that is known; in the address of a `Request` dots are resolved. Never
   * rejects.
   */
  async handle(request: Request, pathname = new URL(request.url).pathname): Promise<Response> {
    const requestId = requestIdOf((name) => request.headers.get(name) ?? undefined);
    const response = await this.#answer(request, pathname).catch((error: unknown) =>
      refusalResponse(adminRefusal(error, (bug) => this.given.onBug(bug, requestId))),
    );
    response.headers.set('x-request-id', requestId);
    response.headers.set('cache-control', 'no-store');
    response.headers.set('x-content-type-options', 'nosniff');
    return request.method === 'HEAD' ? headOf(response) : response;
  }

  /** Why a request may not come to this path, whatever its body says; undefined if it may. Never rejects. */
  async refusalOf(
    request: Pick<Request, 'headers' | 'method' | 'signal'>,
    pathname: string,
  ): Promise<AdminRefusal | undefined> {
    try {
      const caller = await authorise(this.given, request);
      const name = adminAddressOf(pathname)?.endpoints.get(request.method);
      if (name !== undefined) requireRole(caller, name);
      return undefined;
    } catch (error) {
      return adminRefusal(error, (bug) => this.given.onBug(bug));
    }
  }

  /** For pages, which answer beforehand what they will ask. Rejects as `authorise` does. */
  async enter(headers: Headers): Promise<Ask> {
    const { signal } = new AbortController();
    const caller = await authorise(this.given, { headers, method: 'GET', signal });
    return async (name, input) => {
      const endpoint = endpointNamed(name);
      const read = readInput(endpoint, input as object);
      requireRole(caller, name, read);
      return withSaid(await this.#do(endpoint, caller, read)) as never;
    };
  }

  async #answer(request: Request, pathname: string): Promise<Response> {
    const address = adminAddressOf(pathname);
    const name = address?.endpoints.get(request.method);
    if (address !== undefined && name === undefined) {
      return refusalResponse({ headers: {}, ...notAllowed([...address.endpoints.keys()].join(', ')) });
    }
    const caller = await authorise(this.given, request);
    // Without a token even the existence of a path is not told.
    if (name === undefined) throw new AdminError('not_found', 'There is no such endpoint.');
    requireRole(caller, name);
    const endpoint = endpointNamed(name);
    const input = readInput(endpoint, {
      params: address?.params,
      query: queryOf(request.url),
      ...(endpoint.body !== undefined && { body: await readJson(request, bodyBytesMaxOf(name)) }),
    });
    requireRole(caller, name, input);
    const answer = await this.#do(endpoint, caller, input);
    if (request.method !== 'GET' && request.method !== 'HEAD') await this.given.onChanged();
    return responseOf(answer);
  }

  #do({ name }: Endpoint, caller: AdminCaller, input: object): unknown {
    // The table pairs each endpoint with a verb of its very types.
    const verb = ADMIN_VERBS[name] as Verb<object, unknown>;
    return verb({ ...this.given.parts, caller }, input);
  }
}

function endpointNamed(name: EndpointName): Endpoint {
  const [resource = '', verb = ''] = name.split('.');
  const endpoint = ADMIN_API[resource]?.[verb];
  if (endpoint === undefined) throw new Error(`there is no endpoint ${name}`);
  return endpoint;
}

function responseOf(answer: unknown): Response {
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
  return jsonResponse(withSaid(answer));
}

/** The head alone; what would have made the body ends. */
function headOf(response: Response): Response {
  void response.body?.cancel();
  return new Response(null, response);
}
