import { setImmediate as nextTurn } from 'node:timers/promises';
import { isJson, mediaType } from '../../openai/request/media-type';
import { notAllowed, notServed, type ModelFilter } from '../../openai/models/model-filter';
import {
  AT_ONCE_BYTES,
  readRequestHead,
  requestHead,
  type RequestHead,
  type RequestHeadResult,
} from '../../openai/request/request-head';
import { promptTokens } from '../../openai/request/token-estimate';
import { modelInUrl } from '../../openai/request/url-mentions';
import { isIdentity, isKnownEncoding, KNOWN_ENCODINGS } from '../../upstream/answer/decoding';
import { referencesIn } from '../objects/body-references';
import { gatewayError, type GatewayError, type GatewayErrorCode } from '../answer/errors';
import type { ClientRequest } from '../exchange/exchange';
import { DECODED_BYTES_MAX, decodedBody, RATIO_MAX } from './decoded-body';
import type { GatewayRoute } from './route';

/** Reading gives way to everything else after so long. */
const HELD_MS_MAX = 5;

export interface HeadQuestion {
  readonly request: ClientRequest;
  readonly route: GatewayRoute;
  readonly body: Buffer;
  readonly filter: ModelFilter;
}

/**
 * What the gateway has to know of a request, at once if it is small and plain, or why it is refused: it is broken, it
 * asks for a model that is not served (in its path, query, headers or body), or it cannot be told whether it does.
 */
export function readHead(
  question: HeadQuestion,
): RequestHead | GatewayError | Promise<RequestHead | GatewayError> {
  const { request, route, body, filter } = question;
  const type = request.header('content-type');
  const encoding = request.header('content-encoding');
  if (!filter.isEmpty) {
    const { rawHeaders } = request;
    const { place = '', path, query, model: named } = route;
    if (named !== undefined && filter.has(named)) return refusedModel(named, filter);
    const model = modelInUrl({ path: place + path, query, headers: rawHeaders }, filter);
    if (model !== undefined) return refusedModel(model, filter);
    const doubled = ['content-type', 'content-encoding'].find((name) => isDoubled(rawHeaders, name));
    if (doubled !== undefined) return unreadable(`there is more than one ${doubled}`);
  }
  if (body.length > 0 && encoding !== undefined && !isIdentity(encoding)) {
    return readEncoded(question, type, encoding);
  }
  if (body.length <= AT_ONCE_BYTES && filter.isEmpty) return answerOf(readRequestHead(body, type), filter);
  return readInSlices(question, body, type);
}

/** A slice at a time; a client that leaves ends it. */
async function readInSlices(
  { request, filter }: HeadQuestion,
  body: Buffer,
  type: string | undefined,
): Promise<RequestHead | GatewayError> {
  const reading = requestHead(body, type, filter);
  let since = performance.now();
  for (;;) {
    const step = reading.next();
    if (step.done === true) return answerOf(step.value, filter);
    if (performance.now() - since < HELD_MS_MAX) continue;
    await nextTurn();
    if (request.signal.aborted) return gatewayError('client_closed', 'The client closed the connection.');
    since = performance.now();
  }
}

/** Of a body that names nothing, or nothing that can be read. */
const NOTHING_KNOWN: RequestHead = { model: undefined, stream: false, affinity: undefined };

export const FORM = 'multipart/form-data';

function tooLarge(): GatewayError {
  const limit = DECODED_BYTES_MAX / 2 ** 20;
  const message = `The request body is too large once it is decoded: more than ${limit} MB, or ${RATIO_MAX} times its size.`;
  return gatewayError('body_too_large', message);
}

/** What may name something. Of a form that is too large a file is the most: it goes on unread. */
function isReadable(media: string): boolean {
  return isJson(media) || media === FORM || media === '' || media.startsWith('text/');
}

const UNSUPPORTED = `The content-encoding of the request is not read here. What is: ${KNOWN_ENCODINGS.join(', ')}.`;

/** The body is decoded to be read, and forwarded as it is. */
async function readEncoded(
  question: HeadQuestion,
  type: string | undefined,
  encoding: string,
): Promise<RequestHead | GatewayError> {
  const { body, filter } = question;
  const media = mediaType(type);
  const isForm = media === FORM;
  if (filter.isEmpty && !isReadable(media)) return readInSlices(question, body, type);
  if (!filter.isEmpty && media.startsWith('multipart/')) return unreadable('it is an encoded form');
  const read = await decodedBody(body, encoding, (decoded) => readDecoded(question, decoded, type));
  if (read === 'too_large') return isForm ? NOTHING_KNOWN : tooLarge();
  if (read !== 'undecodable') return read;
  if (!filter.isEmpty) return unreadable(`its content-encoding cannot be decoded`);
  // It may be plain in spite of what it says.
  const plain = await readInSlices(question, body, type);
  if (!('code' in plain)) return plain;
  if (!isJson(media)) return NOTHING_KNOWN;
  return isKnownEncoding(encoding)
    ? gatewayError('unreadable_body', 'The request body cannot be decoded by its content-encoding.')
    : gatewayError('unsupported_encoding', UNSUPPORTED);
}

/** Nobody can read what it names of the body itself. */
async function readDecoded(
  question: HeadQuestion,
  decoded: Buffer,
  type: string | undefined,
): Promise<RequestHead | GatewayError> {
  const head = await readInSlices(question, decoded, type);
  if ('code' in head || head.references !== undefined) return head;
  const { route, request } = question;
  const { mayName } = head;
  const asked = { body: decoded, type, path: route.path, mayName, signal: request.signal };
  return { ...head, references: await referencesIn(asked), promptTokens: promptTokens(decoded) };
}

const CODES: Readonly<Record<Extract<RequestHeadResult, { ok: false }>['problem'], GatewayErrorCode>> = {
  invalid: 'invalid_json',
  ambiguous: 'ambiguous_model',
  filtered: 'model_not_found',
  not_allowed: 'model_not_allowed',
  unreadable: 'unreadable_body',
};

/** However the model was read: a filtered one is refused. */
function answerOf(result: RequestHeadResult, filter: ModelFilter): RequestHead | GatewayError {
  if (!result.ok) return gatewayError(CODES[result.problem], result.message);
  const { model } = result.head;
  if (model !== undefined && filter.has(model)) return refusedModel(model, filter);
  return result.head;
}

/** What is said of one that `filter` has. */
export function refusedModel(model: string, filter: ModelFilter): GatewayError {
  return filter.isFiltered(model)
    ? gatewayError('model_not_found', notServed(model))
    : gatewayError('model_not_allowed', notAllowed(model));
}

export function unreadable(why: string): GatewayError {
  const message = `The request cannot be checked for models that are not served here: ${why}.`;
  return gatewayError('unreadable_body', message);
}

function isDoubled(rawHeaders: readonly string[], name: string): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === name) count += 1;
  return count > 1;
}
