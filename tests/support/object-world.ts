import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as zlib from 'node:zlib';

type Json = Record<string, unknown>;
interface Stored extends Json {
  readonly id: string;
  readonly created_at: number;
}

/** What one key has made, by id, in order. */
type World = Map<string, Stored>;

/** A request as it is answered: with the body as JSON, or what a form is taken for. */
interface Asked {
  readonly method: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Json;
  readonly raw: Buffer;
  readonly world: World;
  readonly model: ObjectWorld;
}

interface Answer {
  readonly status?: number;
  readonly json?: Json;
  readonly bytes?: Buffer;
  readonly events?: readonly Json[];
}

class NotFound extends Error {
  constructor(
    message: string,
    readonly status = 404,
    readonly code: string | null = null,
  ) {
    super(message);
  }
}

/** How ids of a kind begin, and what its objects call themselves. */
const KINDS: Readonly<Record<string, readonly [prefix: string, object: string]>> = {
  files: ['file-', 'file'],
  uploads: ['upload_', 'upload'],
  batches: ['batch_', 'batch'],
  vector_stores: ['vs_', 'vector_store'],
  responses: ['resp_', 'response'],
  conversations: ['conv_', 'conversation'],
  assistants: ['asst_', 'assistant'],
  threads: ['thread_', 'thread'],
  runs: ['run_', 'thread.run'],
  messages: ['msg_', 'thread.message'],
  videos: ['video_', 'video'],
  containers: ['cntr_', 'container'],
  evals: ['eval_', 'eval'],
  jobs: ['ftjob-', 'fine_tuning.job'],
  completions: ['chatcmpl-', 'chat.completion'],
  prompts: ['pmpt_', 'prompt'],
  skills: ['skill_', 'skill'],
};

const DECODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: zlib.gunzipSync,
  deflate: zlib.inflateSync,
  br: zlib.brotliDecompressSync,
  // Not every Node.js that is supported has it.
  ...('zstdDecompressSync' in zlib && { zstd: zlib.zstdDecompressSync as (bytes: Buffer) => Buffer }),
};
const ON_TOP: ReadonlySet<string | undefined> = new Set(['fine_tuning', 'chat']);

/** A provider of which each key is an account of its own, with a world of objects that no other key sees. */
export class ObjectWorld {
  readonly worlds = new Map<string, World>();
  /** Key and what was asked, in order. */
  readonly asked: { readonly key: string; readonly what: string }[] = [];
  /** What was asked of a key that does not have it. */
  readonly missed: string[] = [];
  /** Keys that answer 429 to everything, with these seconds. */
  readonly limited = new Map<string, number>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #made = 0;

  static async start(): Promise<ObjectWorld> {
    const world = new ObjectWorld();
    world.#server.listen(0, '127.0.0.1');
    await once(world.#server, 'listening');
    return world;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** The key that has the object. */
  keyOf(id: string): string | undefined {
    return [...this.worlds].find(([, world]) => world.has(id))?.[0];
  }

  make(world: World, kind: string, fields: Json = {}): Stored {
    const [prefix, object] = KINDS[kind] ?? ['x_', kind];
    this.#made += 1;
    // Ids do not tell their key, and long ones look as they do.
    const id = `${prefix}${(this.#made * 7919).toString(36).padStart(6, '0')}${'abcdef0123456789'.repeat(2)}`;
    const made = { id, object, created_at: 1_700_000_000 + this.#made, ...fields };
    world.set(id, made);
    return made;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks);
    const raw = DECODERS[request.headers['content-encoding'] ?? '']?.(sent) ?? sent;
    const key = (request.headers.authorization ?? '').replace('Bearer ', '');
    const url = new URL(request.url ?? '', 'http://provider');
    this.asked.push({ key, what: `${request.method} ${url.pathname}` });
    const seconds = this.limited.get(key);
    if (seconds !== undefined) {
      response.writeHead(429, { 'retry-after': String(seconds), 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: 'Rate limit reached', code: 'rate_limit_exceeded' } }));
      return;
    }
    const world = this.worlds.get(key) ?? new Map<string, Stored>();
    this.worlds.set(key, world);
    const isJson = request.headers['content-type']?.includes('json') === true;
    const asked: Asked = {
      method: request.method ?? '',
      path: url.pathname.split('/').slice(2),
      query: url.searchParams,
      body: isJson && raw.length > 0 ? (JSON.parse(raw.toString()) as Json) : fieldsOf(raw),
      raw,
      world,
      model: this,
    };
    send(response, answerTo(asked));
  }
}

const FIELD = /form-data; name="([^"]+)"\r\n\r\n(.*?)\r\n--/gs;

/** The short texts of a form. */
function fieldsOf(raw: Buffer): Json {
  const text = raw.toString('latin1', 0, 64 * 1024);
  return Object.fromEntries(Array.from(text.matchAll(FIELD), ([, name = '', value]) => [name, value]));
}

function answerTo(asked: Asked): Answer {
  try {
    return handle(asked);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    asked.model.missed.push(error.message);
    const { message, status, code } = error;
    return { status, json: { error: { message, type: 'invalid_request_error', param: null, code } } };
  }
}

function send(response: ServerResponse, { status = 200, json, bytes, events }: Answer): void {
  if (events !== undefined) {
    response.writeHead(status, { 'content-type': 'text/event-stream' });
    for (const { event, ...data } of events) {
      const named = typeof event === 'string' ? `event: ${event}\n` : '';
      response.write(`${named}data: ${JSON.stringify('data' in data ? data.data : data)}\n\n`);
    }
    response.end(events.some(({ type }) => type === 'response.created') ? undefined : 'data: [DONE]\n\n');
    return;
  }
  response.writeHead(status, { 'content-type': bytes === undefined ? 'application/json' : 'text/plain' });
  response.end(bytes ?? JSON.stringify(json));
}

function handle(asked: Asked): Answer {
  const { method, world } = asked;
  const path = ON_TOP.has(asked.path[0]) ? asked.path.slice(1) : asked.path;
  const [kind = '', id, part, partId, more] = path;
  const isNew = id === undefined || (kind === 'videos' && id === 'edits');
  if (isNew) return method === 'POST' ? create(asked, kind) : { json: listOf(asked, world, kind) };
  if (kind === 'threads' && id === 'runs') return startRun(asked, asked.model.make(world, 'threads'));
  const object = found(world, id, kind);
  if (method === 'DELETE') {
    if (part === undefined) world.delete(id);
    return { json: { id: partId ?? id, deleted: true, object: `${kind}.deleted` } };
  }
  if (partId !== undefined && more === undefined && part !== 'files') {
    return { json: found(world, partId, part ?? '') };
  }
  if (part !== undefined) return act(asked, object, part, kind);
  if (object.status === 'queued') world.set(id, { ...object, status: 'completed' });
  return { json: method === 'POST' ? { ...object, ...asked.body } : (world.get(id) ?? object) };
}

function found(world: World, id: unknown, kind: string): Stored {
  const object = typeof id === 'string' ? world.get(id) : undefined;
  if (object !== undefined) return object;
  throw new NotFound(`No such ${kind} object: ${String(id)}`);
}

/** What must exist for a request to be served, by the member that names it. */
const NEEDED = [
  'input_file_id',
  'training_file',
  'assistant_id',
  'file_id',
  'container',
  'input_reference[file_id]',
  'video[id]',
];

function checkReferences({ body, world }: Asked): void {
  for (const name of NEEDED) if (typeof body[name] === 'string') found(world, body[name], name);
  const previous = body.previous_response_id;
  if (typeof previous === 'string' && !world.has(previous)) {
    const message = `Previous response with id '${previous}' not found.`;
    throw new NotFound(message, 400, 'previous_response_not_found');
  }
  const conversation = (body.conversation as Json | undefined)?.id ?? body.conversation;
  if (conversation !== undefined) found(world, conversation, 'conversation');
  const prompt = (body.prompt as Json | undefined)?.id;
  if (prompt !== undefined) found(world, prompt, 'prompt');
  const text = JSON.stringify(body);
  for (const [, id] of text.matchAll(/"(?:file_id|skill_id)":"([^"]+)"/g)) found(world, id, 'file');
  for (const [, list = ''] of text.matchAll(/"(?:vector_store_ids|file_ids)":\[([^\]]*)\]/g)) {
    for (const id of list.split(',').filter(Boolean)) found(world, id.slice(1, -1), 'vector_store');
  }
}

function create(asked: Asked, kind: string): Answer {
  checkReferences(asked);
  const { model, world, body, raw } = asked;
  if (kind === 'responses') return respond(asked);
  if (kind === 'completions') return chat(asked);
  const fields: Json = { ...body };
  if (kind === 'files') fields.content = raw.toString('latin1');
  if (kind === 'batches') {
    const output = model.make(world, 'files', { content: 'output of the batch' });
    Object.assign(fields, { status: 'completed', output_file_id: output.id, error_file_id: null });
  }
  if (kind === 'videos') fields.status = 'queued';
  return { json: model.make(world, kind, fields) };
}

const USAGE = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };

function respond({ model, world, body }: Asked): Answer {
  const status = body.background === true ? 'queued' : 'completed';
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text: 'hello', annotations: [] }],
  };
  const made = { ...model.make(new Map(), 'responses'), status, output: [message], usage: USAGE };
  const response: Stored = {
    ...made,
    model: body.model,
    previous_response_id: body.previous_response_id ?? null,
  };
  if (body.store !== false) world.set(response.id, response);
  if (body.stream !== true) return { json: response };
  const begun = { ...response, status: 'in_progress', output: [] };
  return {
    events: [
      { event: 'response.created', type: 'response.created', response: begun },
      { event: 'response.output_text.delta', type: 'response.output_text.delta', delta: 'hello' },
      { event: 'response.completed', type: 'response.completed', response },
    ],
  };
}

function chat({ model, world, body }: Asked): Answer {
  const made = model.make(body.store === true ? world : new Map(), 'completions', { model: body.model });
  const message = { role: 'assistant', content: 'hello' };
  if (body.stream !== true) {
    return { json: { ...made, choices: [{ index: 0, message, finish_reason: 'stop' }] } };
  }
  const chunk = { id: made.id, object: 'chat.completion.chunk', created: 1, model: body.model };
  return {
    events: [
      { ...chunk, choices: [{ index: 0, delta: message, finish_reason: null }] },
      { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    ],
  };
}

function startRun(asked: Asked, thread: Stored): Answer {
  const { model, world, body } = asked;
  checkReferences(asked);
  const fields = { thread_id: thread.id, assistant_id: body.assistant_id, status: 'completed' };
  const run = model.make(world, 'runs', fields);
  if (body.stream !== true) return { json: run };
  return {
    events: [
      { event: 'thread.created', data: thread },
      { event: 'thread.run.created', data: run },
      { event: 'thread.run.completed', data: run },
      { event: 'done', data: {} },
    ],
  };
}

const textOf = (content: unknown) => (typeof content === 'string' ? content : 'content');

function act(asked: Asked, object: Stored, part: string, kind: string): Answer {
  const { method, world, model, path } = asked;
  if (part === 'content') return { bytes: Buffer.from(textOf(object.content)) };
  if (part === 'cancel') return { json: { ...object, status: 'cancelled' } };
  if (part === 'complete') {
    return {
      json: { ...object, status: 'completed', file: model.make(world, 'files', { content: 'parts' }) },
    };
  }
  if (part === 'remix') return { json: model.make(world, 'videos', { status: 'queued' }) };
  if (part === 'search') return { json: { object: 'list', data: [{ file_id: 'file-x', score: 1 }] } };
  if (kind === 'threads' && part === 'runs' && method === 'POST') return startRun(asked, object);
  if (method !== 'POST') {
    return {
      json: path.length > 3 && part === 'files' ? object : { object: 'list', data: [], has_more: false },
    };
  }
  checkReferences(asked);
  const made = part === 'parts' ? 'part' : part;
  return { json: model.make(world, made, { status: 'completed' }) };
}

/** A page as OpenAI makes it: newest first unless `order` says otherwise. */
function listOf({ query }: Asked, world: World, kind: string): Json {
  const [prefix = ''] = KINDS[kind] ?? [];
  const all = [...world.values()].filter(({ id }) => id.startsWith(prefix));
  if (query.get('order') !== 'asc') all.reverse();
  const after = query.get('after');
  const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) throw new NotFound(`No such object: ${after}`);
  const limit = Number(query.get('limit') ?? 20);
  const data = all.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < all.length,
  };
}
