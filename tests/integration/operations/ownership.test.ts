import OpenAI, { type APIError, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ObjectWorld } from '../../support/object-world';
import { startServer, type RunningServer } from '../../support/server';
import { tempDir, type TempDir } from '../../support/temp-dir';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, databaseFile, query, secretKey, TOKEN } from './support';

const TIMES = 10;
const KEYS = Array.from({ length: 5 }, (_, index) => secretKey(`k${index}k`));
const model = 'gpt-4o-mini';
/** What a client may set that policies hold on to. */
const AFFINE = { user: 'somebody', prompt_cache_key: 'cache' };

let world: ObjectWorld;
let folder: TempDir;
let server: RunningServer;
let openai: OpenAI;

beforeAll(async () => {
  world = await ObjectWorld.start();
  folder = await tempDir('ownership');
  await start();
});
afterAll(async () => {
  server.kill('SIGKILL');
  await server.stop();
  await world.stop();
  await folder.remove();
});

async function start(): Promise<void> {
  server = await startServer({
    dataDir: folder.path,
    env: {
      ALLOWED_TOKENS: TOKEN,
      AUTH_TOKEN: ADMIN_TOKEN,
      API_KEYS: JSON.stringify(KEYS),
      BASE_URL: world.baseUrl,
      // An object that nobody knows may be at any key.
      MAX_RETRIES: String(KEYS.length - 1),
    },
  });
  openai = new OpenAI({ apiKey: TOKEN, baseURL: `${server.url}/v1`, maxRetries: 0 });
}

/** All at once, so that neighbours get other keys. */
function times<T>(work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: TIMES }, (_, index) => work(index)));
}

const newFile = async (text = 'hello') =>
  openai.files.create({ file: await toFile(Buffer.from(text), 'a.jsonl'), purpose: 'batch' });

async function read(stream: AsyncIterable<object>): Promise<object[]> {
  const events: object[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** Ids of ten objects of a kind, as a test has found them. */
type Kind = () => Promise<() => Promise<unknown>>;

/** Each makes an object, and gives back what is done with it later. */
const KINDS: Readonly<Record<string, Kind>> = {
  async files() {
    const { id } = await newFile();
    expect((await openai.files.retrieve(id)).id).toBe(id);
    return async () => {
      expect(await (await openai.files.content(id)).text()).toContain('hello');
      expect((await openai.files.delete(id)).deleted).toBe(true);
    };
  },
  async uploads() {
    const { id } = await openai.uploads.create({
      bytes: 5,
      filename: 'a',
      mime_type: 'text/plain',
      purpose: 'batch',
    });
    return async () => {
      const part = await openai.uploads.parts.create(id, { data: await toFile(Buffer.from('hello'), 'a') });
      const done = await openai.uploads.complete(id, { part_ids: [part.id] });
      expect((await openai.files.retrieve(done.file?.id ?? '')).id).toBe(done.file?.id);
    };
  },
  async batches() {
    const { id } = await newFile();
    const options = { input_file_id: id, endpoint: '/v1/responses', completion_window: '24h' } as const;
    const batch = await openai.batches.create(options);
    return async () => {
      const { output_file_id: output } = await openai.batches.retrieve(batch.id);
      expect(await (await openai.files.content(output ?? '')).text()).toBe('output of the batch');
      expect((await openai.batches.cancel(batch.id)).status).toBe('cancelled');
    };
  },
  async 'vector stores and file search'() {
    const file = await newFile();
    const store = await openai.vectorStores.create({ name: 's', file_ids: [file.id] });
    return async () => {
      await openai.vectorStores.files.create(store.id, { file_id: file.id });
      await openai.vectorStores.search(store.id, { query: 'x' });
      const tools = [{ type: 'file_search' as const, vector_store_ids: [store.id] }];
      expect((await openai.responses.create({ model, input: 'x', tools, ...AFFINE })).output_text).toBe(
        'hello',
      );
      expect((await openai.vectorStores.delete(store.id)).deleted).toBe(true);
    };
  },
  async 'background responses'() {
    const { id, status } = await openai.responses.create({ model, input: 'x', background: true, ...AFFINE });
    expect(status).toBe('queued');
    return async () => {
      await openai.responses.retrieve(id);
      expect((await openai.responses.retrieve(id)).status).toBe('completed');
      await openai.responses.inputItems.list(id);
      await openai.responses.cancel(id);
    };
  },
  async 'previous responses'() {
    const first = await openai.responses.create({ model, input: 'x', ...AFFINE });
    return async () => {
      const next = { model, input: 'y', previous_response_id: first.id, ...AFFINE };
      const second = await openai.responses.create(next);
      await openai.responses.create({ ...next, previous_response_id: second.id });
    };
  },
  async 'previous responses, streamed'() {
    const stream = await openai.responses.create({ model, input: 'x', stream: true, ...AFFINE });
    const [created] = (await read(stream)) as { response?: { id: string } }[];
    return async () => {
      const previous_response_id = created?.response?.id ?? '';
      const next = { model, input: 'y', previous_response_id, stream: true, ...AFFINE } as const;
      expect(await read(await openai.responses.create(next))).toHaveLength(3);
    };
  },
  async conversations() {
    const { id } = await openai.conversations.create({});
    await openai.responses.create({ model, input: 'x', conversation: id, ...AFFINE });
    return async () => {
      await openai.responses.create({ model, input: 'x', conversation: { id }, ...AFFINE });
      expect((await openai.conversations.retrieve(id)).id).toBe(id);
    };
  },
  async 'stored completions'() {
    const messages = [{ role: 'user' as const, content: 'x' }];
    const whole = await openai.chat.completions.create({ model, messages, store: true, ...AFFINE });
    const streamed = await read(
      await openai.chat.completions.create({ model, messages, store: true, stream: true, ...AFFINE }),
    );
    const [{ id } = { id: '' }] = streamed as { id: string }[];
    return async () => {
      expect((await openai.chat.completions.retrieve(whole.id)).id).toBe(whole.id);
      expect((await openai.chat.completions.retrieve(id)).id).toBe(id);
      await openai.chat.completions.messages.list(id);
      await openai.chat.completions.delete(id);
    };
  },
  async 'assistants, threads and runs'() {
    const assistant = await openai.beta.assistants.create({ model });
    const run = { assistant_id: assistant.id };
    const streamed = await read(await openai.beta.threads.createAndRun({ ...run, stream: true }));
    const [{ data: thread } = { data: { id: '' } }] = streamed as { data: { id: string } }[];
    return async () => {
      await openai.beta.threads.messages.create(thread.id, { role: 'user', content: 'x' });
      const { id } = await openai.beta.threads.runs.create(thread.id, run);
      await openai.beta.threads.runs.retrieve(id, { thread_id: thread.id });
      await read(await openai.beta.threads.runs.create(thread.id, { ...run, stream: true }));
      await openai.beta.assistants.retrieve(assistant.id);
    };
  },
  async videos() {
    const { id } = await openai.videos.create({ model: 'sora-2', prompt: 'x' });
    return async () => {
      await openai.videos.retrieve(id);
      expect((await openai.videos.retrieve(id)).status).toBe('completed');
      await openai.videos.downloadContent(id);
      await openai.videos.remix(id, { prompt: 'y' });
      await openai.videos.edit({ video: { id }, prompt: 'y' });
    };
  },
  async skills() {
    const files = [await toFile(Buffer.from('# A skill'), 'skill/SKILL.md')];
    const { id } = await openai.skills.create({ files });
    return async () => {
      expect((await openai.skills.retrieve(id)).id).toBe(id);
      await openai.skills.versions.create(id, { files });
      await openai.skills.versions.list(id);
      const skills = [{ type: 'skill_reference' as const, skill_id: id }];
      const tools = [{ type: 'shell' as const, environment: { type: 'container_auto' as const, skills } }];
      await openai.responses.create({ model, input: 'x', tools });
      expect((await openai.skills.delete(id)).deleted).toBe(true);
    };
  },
  async containers() {
    const { id } = await openai.containers.create({ name: 'c' });
    return async () => {
      expect((await openai.containers.retrieve(id)).id).toBe(id);
      const tools = [{ type: 'code_interpreter' as const, container: id }];
      await openai.responses.create({ model, input: 'x', tools });
    };
  },
  async evals() {
    const body = { name: 'e', data_source_config: { type: 'logs' }, testing_criteria: [] };
    const { id } = await openai.post<{ id: string }>('/evals', { body });
    return async () => expect((await openai.evals.retrieve(id)).id).toBe(id);
  },
  async 'fine-tunes'() {
    const { id: training_file } = await newFile();
    const { id } = await openai.fineTuning.jobs.create({ model, training_file });
    return async () => {
      expect((await openai.fineTuning.jobs.retrieve(id)).id).toBe(id);
      await openai.fineTuning.jobs.listEvents(id);
    };
  },
};

describe('what lives at the provider is found by whoever made it through the gateway', () => {
  const later: { readonly kind: string; readonly act: () => Promise<unknown> }[] = [];

  it.each(Object.entries(KINDS))('%s, ten of ten', async (kind, make) => {
    const acts = await times(make);
    // One half at once, the other after the restart.
    await Promise.all(acts.slice(TIMES / 2).map((act) => act()));
    later.push(...acts.slice(0, TIMES / 2).map((act) => ({ kind, act })));
  });

  it('without asking a key for what is another one\u2019s', () => {
    expect(world.missed).toEqual([]);
  });

  it('spreads over all keys all the same', () => {
    expect(new Set(world.asked.map(({ key }) => key))).toEqual(new Set(KEYS));
    for (const objects of world.worlds.values()) expect(objects.size).toBeGreaterThan(TIMES);
  });

  it('also after a kill and a restart', async () => {
    const known = new Set<unknown>();
    const made = [...world.worlds.values()].flatMap((objects) => [...objects.keys()]);
    const wanted = made.filter((id) => !/^(msg_|part_|x_)/.test(id) && world.keyOf(id) !== undefined);
    await waitFor(
      () => {
        const rows = query<{ objectId: string }>(databaseFile(server), 'SELECT objectId FROM ObjectOwner');
        for (const { objectId } of rows) known.add(objectId);
        return wanted.every((id) => known.has(id));
      },
      { what: 'all owners to be written' },
    );
    server.kill('SIGKILL');
    await server.exited;
    await start();
    const results = await Promise.allSettled(later.map(({ act }) => act()));
    const failed = results.flatMap((result, index) =>
      result.status === 'rejected' ? [`${later[index]?.kind}: ${String(result.reason)}`] : [],
    );
    expect(failed).toEqual([]);
    expect(world.missed).toEqual([]);
  });
});

describe('a list', () => {
  const fileIds = async (query: { order?: 'asc' | 'desc'; limit?: number } = {}) => {
    const ids: string[] = [];
    for await (const { id } of openai.files.list(query)) ids.push(id);
    return ids;
  };

  it('is of all keys, in order, page by page, each object once', async () => {
    await times(async () => newFile());
    const objects = [...world.worlds.values()].flatMap((one) => [...one.values()]);
    const files = objects.filter(({ object }) => object === 'file');
    const newestFirst = files.sort((a, b) => b.created_at - a.created_at).map(({ id }) => id);
    expect(await fileIds()).toEqual(newestFirst);
    expect(await fileIds({ limit: 7 })).toEqual(newestFirst);
    expect(await fileIds({ limit: 3, order: 'asc' })).toEqual(newestFirst.toReversed());
  });

  it('says how many keys it is of, also while one of them rests', async () => {
    const list = () => openai.batches.list({ limit: 2 }).withResponse();
    const whole = await list();
    expect(whole.response.headers.get('x-openai-balance-list')).toBe('5 of 5 keys');
    expect(whole.data.has_more).toBe(true);
    world.limited.set(KEYS[0] ?? '', 1);
    expect((await list()).response.headers.get('x-openai-balance-list')).toBe('4 of 5 keys');
    world.limited.clear();
  });
});

describe('an object whose key cannot serve it', () => {
  const error = (work: Promise<unknown>) => work.catch((reason: unknown) => reason) as Promise<APIError>;

  /** The key that has made an object, by the end of its hint and by its id in the database. */
  const ownerOf = (id: string) => {
    const secret = world.keyOf(id) ?? '';
    const hint = secret.slice(-4);
    const rows = query<{ id: string; hint: string }>(databaseFile(server), 'SELECT id, hint FROM ApiKey');
    return { secret, hint, keyId: rows.find((row) => row.hint.endsWith(hint))?.id ?? '' };
  };
  const admin = async (path: string, body: object) => {
    const response = await fetch(`${server.url}/api/admin/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.ok).toBe(true);
  };

  it('is refused with 409 while the key is disabled, and served again afterwards', async () => {
    const { id } = await newFile();
    const { hint, keyId } = ownerOf(id);
    await admin('keys/bulk', { action: 'disable', ids: [keyId] });
    const refused = await error(openai.files.retrieve(id));
    expect(refused).toMatchObject({ status: 409, code: 'owner_unavailable' });
    expect(refused.message).toContain(hint);
    await admin('keys/bulk', { action: 'enable', ids: [keyId] });
    expect((await openai.files.retrieve(id)).id).toBe(id);
  });

  it('is refused with 409 while the key is deleted, and served again once the same key is back', async () => {
    const { id } = await openai.responses.create({ model, input: 'x' });
    const next = () => openai.responses.create({ model, input: 'y', previous_response_id: id });
    const { secret, keyId } = ownerOf(id);
    await admin('keys/bulk', { action: 'delete', ids: [keyId] });
    for (const ask of [() => openai.responses.retrieve(id), next]) {
      const refused = await error(ask());
      expect(refused).toMatchObject({ status: 409, code: 'owner_unavailable' });
      expect(refused.message).toMatch(new RegExp(`key ${keyId} of provider 'default', which is gone`));
    }
    await admin('keys/import', { provider: 'default', text: secret });
    expect(ownerOf(id).keyId).toBe(keyId);
    world.missed.length = 0;
    await times(next);
    expect((await openai.responses.retrieve(id)).id).toBe(id);
    world.missed.length = 0;
    await times(next);
    expect(world.missed).toEqual([]);
  });

  it('that nobody knows is looked for with other keys and found again by its own', async () => {
    const one = world.worlds.get(KEYS[1] ?? '') ?? new Map();
    const hidden = world.make(one, 'files', { content: 'hidden' });
    expect(await (await openai.files.content(hidden.id)).text()).toBe('hidden');
    const asked = world.asked.length;
    await times(() => openai.files.retrieve(hidden.id));
    expect(world.asked).toHaveLength(asked + TIMES);
    expect(await error(openai.files.retrieve('file-nowhere'))).toMatchObject({ status: 404 });
  });
});
