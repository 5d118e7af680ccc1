import { setImmediate as nextTurn } from 'node:timers/promises';
import { stringSpan, type Span } from '../../openai/request/span';
import { mediaType } from '../../openai/request/media-type';
import { formFieldSpans } from '../../openai/request/multipart';
import type { RequestHead } from '../../openai/request/request-head';
import { isIdentity } from '../../upstream/answer/decoding';
import type { UpstreamRequest } from '../../upstream/target';
import { spliced } from '../body/spliced-body';
import type { RequestBody } from '../body/spooled-body';
import type { LiveExchange } from '../exchange/live-exchange';
import { decodedBody } from '../request/decoded-body';
import { FORM } from '../request/request-head';
import { namesModelWithin, withModelWithin } from './models-within';
import { renamedAddress } from './renamed-address';

/** A body, and where in it the model is named. */
interface Source {
  readonly body: RequestBody;
  readonly span: Span;
  readonly isForm: boolean;
  readonly rawHeaders: readonly string[];
}

/** They speak of the bytes as the client has sent them. */
const OF_BYTES: ReadonlySet<string> = new Set(['content-md5', 'digest', 'content-digest', 'repr-digest']);
const ENCODING = 'content-encoding';
const NAME_BYTES = 4 * 1024;
const LONG_NAME_BYTES = 25 * 2 ** 20;

/**
 * A request as it is sent to those who call the model otherwise: the name is put in the place of the one asked, in the
 * address if that names it, else in the body, each time from what the client has sent. Every other byte stays.
 */
export class Renaming {
  #source: Promise<Source | undefined> | undefined;
  #whole: Promise<RequestBody | undefined> | undefined;

  constructor(
    private readonly exchange: LiveExchange,
    private readonly body: RequestBody,
    private readonly head: Pick<RequestHead, 'modelAt'>,
    private readonly request: UpstreamRequest,
  ) {}

  /** `model`: what is remembered of the name. Undefined if there is no memory for it. */
  async as(sentModel: string, model: string): Promise<UpstreamRequest | undefined> {
    const { exchange, request } = this;
    const { route } = exchange;
    if (route.model !== undefined) {
      const { path, place } = renamedAddress(route, sentModel);
      const renamed = { ...request, path: path + route.query, place, model };
      return namesModelWithin(path) ? this.#within(renamed, route.model, sentModel) : renamed;
    }
    this.#source ??= this.#find();
    const source = await this.#source;
    if (source === undefined) return undefined;
    const name = Buffer.from(source.isForm ? sentModel : JSON.stringify(sentModel));
    const body = spliced(source.body, source.span, name);
    return { ...request, rawHeaders: source.rawHeaders, body, model };
  }

  /** With the name put in the body too, wherever that says again what the address says. */
  async #within(renamed: UpstreamRequest, asked: string, sent: string): Promise<UpstreamRequest | undefined> {
    const { request } = this.exchange;
    const encoding = request.header(ENCODING) ?? '';
    this.#whole ??= this.#read(encoding);
    const whole = await this.#whole;
    if (whole === undefined || !Buffer.isBuffer(whole)) return whole && renamed;
    const rawHeaders = headersOf(request.rawHeaders, !isIdentity(encoding));
    return { ...renamed, rawHeaders, body: withModelWithin(whole, asked, sent) };
  }

  /** In memory, if there is some for it; as it is if it cannot be decoded. */
  async #read(encoding: string): Promise<RequestBody | undefined> {
    const { share, request } = this.exchange;
    const { body } = this;
    if (!isIdentity(encoding)) return this.#decoded(encoding);
    if (Buffer.isBuffer(body)) return body;
    return (await share.grow(share.bytes + body.length, request.signal)) ? body.whole() : undefined;
  }

  async #find(): Promise<Source | undefined> {
    const { request } = this.exchange;
    const type = request.header('content-type') ?? '';
    const isForm = mediaType(type) === FORM;
    const encoding = request.header(ENCODING) ?? '';
    const decoded = isIdentity(encoding) ? this.body : await this.#decoded(encoding);
    if (decoded === undefined) return undefined;
    const span = isForm ? await formSpan(decoded, type) : await jsonSpan(decoded, this.head.modelAt);
    if (span === undefined) throw new Error('the request names a model, and nobody knows where');
    const isDecoded = decoded !== this.body;
    return { body: decoded, span, isForm, rawHeaders: headersOf(request.rawHeaders, isDecoded) };
  }

  /** What it takes of memory is claimed; undefined if there is none. What cannot be decoded was read as it is. */
  async #decoded(encoding: string): Promise<RequestBody | undefined> {
    const { share, request } = this.exchange;
    const { body } = this;
    const held = share.bytes;
    const isWhole = Buffer.isBuffer(body);
    if (!isWhole && !(await share.grow(held + body.length, request.signal))) return undefined;
    const bytes = isWhole ? body : await body.whole();
    const decoded = await decodedBody(bytes, encoding);
    if (!isWhole) share.shrink(held);
    if (!Buffer.isBuffer(decoded)) return body;
    return (await share.grow(share.bytes + decoded.length, request.signal)) ? decoded : undefined;
  }
}

function headersOf(rawHeaders: readonly string[], isDecoded: boolean): readonly string[] {
  const isLeftOut = (name: string): boolean => OF_BYTES.has(name) || (isDecoded && name === ENCODING);
  return rawHeaders.filter((_, at) => !isLeftOut(rawHeaders[at & ~1]?.toLowerCase() ?? ''));
}

async function jsonSpan(body: RequestBody, at: number | undefined): Promise<Span | undefined> {
  if (at === undefined) return undefined;
  if (Buffer.isBuffer(body)) return stringSpan(body, at, 0);
  const short = await body.part(at, NAME_BYTES);
  return stringSpan(short, 0, at) ?? stringSpan(await body.part(at, LONG_NAME_BYTES), 0, at);
}

async function formSpan(body: RequestBody, type: string): Promise<Span | undefined> {
  const digest = Buffer.isBuffer(body) ? undefined : body.digest;
  const bytes = Buffer.isBuffer(body) ? body : digest?.bytes;
  if (bytes === undefined) return undefined;
  const reading = formFieldSpans(bytes, type, ({ name }) => name === 'model');
  let step = reading.next();
  for (; step.done !== true; step = reading.next()) await nextTurn();
  const [span] = step.value;
  if (span === undefined || digest === undefined) return span;
  const start = digest.placeOf(span.start);
  return { start, end: start + span.end - span.start };
}
