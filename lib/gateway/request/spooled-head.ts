import { isOpaque, isText, readsAsJson } from '../../openai/request/filtered-body';
import { OPEN_BRACE, OPEN_BRACKET } from '../../openai/json/json-scan';
import { LOOKED_AT } from '../../openai/request/json-digest';
import { isJson, mediaType } from '../../openai/request/media-type';
import type { RequestHead } from '../../openai/request/request-head';
import { promptTokens } from '../../openai/request/token-estimate';
import { isIdentity } from '../../upstream/answer/decoding';
import type { BodyShare } from '../body/body-share';
import type { SpooledBody } from '../body/spooled-body';
import { referencesIn } from '../objects/body-references';
import { gatewayError, noMemory, type GatewayError } from '../answer/errors';
import { FORM, readHead, unreadable, type HeadQuestion } from './request-head';

export interface SpooledQuestion extends Omit<HeadQuestion, 'body'> {
  readonly body: SpooledBody;
  /** Of memory: what is read whole is claimed from it meanwhile. */
  readonly share: BodyShare;
  /** Larger bodies are not read whole. */
  readonly wholeBytesMax: number;
}

/**
 * The same as `readHead` of a body in a file, with all that it names. A form is known by what was kept of it while it
 * came. JSON, and all that has to be checked for models that are not served, is read whole up to `wholeBytesMax`, and
 * memory for it is claimed; larger JSON is known without most of its long strings. What can name nothing is not read.
 */
export async function readSpooledHead(question: SpooledQuestion): Promise<RequestHead | GatewayError> {
  const { body, request, filter, wholeBytesMax } = question;
  const kind = kindOf(question);
  if (kind === 'silent') return withoutBody(question);
  const isForm = mediaType(request.header('content-type')) === FORM;
  const isFreeForm = isForm && filter.isEmpty;
  if (isFreeForm && kind === 'plain') return readDigest(question);
  if (body.length <= wholeBytesMax) return readWhole(question);
  if (kind === 'plain' && (isForm || filter.isEmpty)) return readDigest(question);
  return isFreeForm ? withoutBody(question) : tooLargeToRead(question);
}

/** `silent`: nothing in it is read. */
function kindOf({ body, request, filter }: SpooledQuestion): 'silent' | 'plain' | 'encoded' {
  const type = mediaType(request.header('content-type'));
  const encoding = request.header('content-encoding');
  if (encoding !== undefined && !isIdentity(encoding)) {
    const isRead =
      !filter.isEmpty || type === FORM || isJson(type) || type === '' || type.startsWith('text/');
    return isRead ? 'encoded' : 'silent';
  }
  if (type.startsWith('multipart/') && (type === FORM || !filter.isEmpty)) return 'plain';
  return mayName(body.beginning, type, !filter.isEmpty) ? 'plain' : 'silent';
}

function mayName(beginning: Buffer, type: string, isFiltered: boolean): boolean {
  if (!isFiltered || isJson(type)) return readsAsJson(beginning, type);
  return !isOpaque(beginning, type) && (isText(type) || !isPlainlyOther(beginning));
}

/** Some readers skip more than JSON's own white space: whatever may come before a brace is no proof. */
function isPlainlyOther(beginning: Buffer): boolean {
  return beginning.subarray(0, 1024).every((byte) => byte !== OPEN_BRACE && byte !== OPEN_BRACKET);
}

/** The address and the headers count all the same. */
async function withoutBody(question: SpooledQuestion): Promise<RequestHead | GatewayError> {
  const head = await readHead({ ...question, body: Buffer.alloc(0) });
  return 'code' in head ? head : { ...head, references: [] };
}

async function readDigest(question: SpooledQuestion): Promise<RequestHead | GatewayError> {
  const { body, filter } = question;
  const { digest } = body;
  // A form whose boundary nobody knows.
  if (digest === undefined) return filter.isEmpty ? withoutBody(question) : tooLargeToRead(question);
  if (digest.isFull) return filter.isEmpty ? tooMuchToRead() : tooLargeToRead(question);
  const head = await readAll(question, digest.bytes);
  if (!('code' in head)) {
    return head.modelAt === undefined ? head : { ...head, modelAt: digest.placeOf(head.modelAt) };
  }
  return head.code === 'invalid_json'
    ? gatewayError('invalid_json', 'The request body is no valid JSON.')
    : head;
}

async function readWhole(question: SpooledQuestion): Promise<RequestHead | GatewayError> {
  const { body, share, request } = question;
  const held = share.bytes;
  if (!(await share.grow(held + body.length, request.signal))) {
    return request.signal.aborted
      ? gatewayError('client_closed', 'The client closed the connection.')
      : noMemory();
  }
  try {
    return await readAll(question, await body.whole());
  } finally {
    share.shrink(held);
  }
}

/** Nobody can read later what it names. */
async function readAll(question: SpooledQuestion, bytes: Buffer): Promise<RequestHead | GatewayError> {
  const { request, route } = question;
  const head = await readHead({ ...question, body: bytes });
  if ('code' in head) return head;
  const type = request.header('content-type');
  const asked = { body: bytes, type, path: route.path, mayName: head.mayName, signal: request.signal };
  const isPlain = isIdentity(request.header('content-encoding') ?? '');
  const references = head.references ?? (isPlain ? await referencesIn(asked) : []);
  return { ...head, references, promptTokens: head.promptTokens ?? (isPlain ? promptTokens(bytes) : 0) };
}

function tooMuchToRead(): GatewayError {
  const [eachKb, limit] = [LOOKED_AT.eachBytes / 1024, LOOKED_AT.allBytes / 2 ** 20];
  const message =
    `The request body is too large to be read: of each of its values and files ${eachKb} KB are looked at, ` +
    `and here that is more than ${limit} MB in all.`;
  return gatewayError('body_too_large', message);
}

function tooLargeToRead({ filter, wholeBytesMax }: SpooledQuestion): GatewayError {
  if (!filter.isEmpty) return unreadable('it is too large to be read');
  const limit = Math.floor(wholeBytesMax / 2 ** 20);
  const message = `The request body is too large to be read: more than ${limit} MB of it may name something.`;
  return gatewayError('body_too_large', message);
}
