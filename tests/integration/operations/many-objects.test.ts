import Sqlite from 'better-sqlite3';
import OpenAI from 'openai';
import { expect, it } from 'vitest';
import { ObjectWorld } from '../../support/object-world';
import { databaseFile, query, secretKey, TOKEN, useParts } from './support';

const KEYS = Array.from({ length: 5 }, (_, index) => secretKey(`m${index}m`));
const OBJECTS = 50_000;
const TIMES = 10;
const DAY_MS = 86_400_000;

const parts = useParts();

/** One of the database's rows, the older the lower its number. */
interface Known {
  readonly id: string;
  readonly keyId: string;
}

function write(file: string, known: readonly Known[], provider: string): void {
  const connection = new Sqlite(file);
  const insert = connection.prepare('INSERT INTO ObjectOwner VALUES (?, ?, ?, ?, ?)');
  const oldest = Date.now() - 29 * DAY_MS;
  connection.transaction(() => {
    for (const [place, { id, keyId }] of known.entries()) {
      insert.run(id, provider, keyId, oldest + place, oldest + place);
    }
  })();
  connection.close();
}

it('50,000 objects that the database knows: old ones are found at their keys, ten of ten, without asking another', async () => {
  const world = await ObjectWorld.start();
  const dataDir = await parts.dataDir();
  const env = {
    ALLOWED_TOKENS: TOKEN,
    API_KEYS: JSON.stringify(KEYS),
    BASE_URL: world.baseUrl,
    MAX_RETRIES: '0',
  };
  const first = await parts.server({ dataDir, env });
  const file = databaseFile(first);
  const keys = query<{ id: string; hint: string }>(file, 'SELECT id, hint FROM ApiKey');
  await first.stop();

  const kinds = ['files', 'responses', 'threads', 'batches'];
  const known = Array.from({ length: OBJECTS }, (_, index): Known => {
    // So that neither the order nor the kind tells the key.
    const { id: keyId = '', hint = '' } = keys[(index * 7) % keys.length] ?? {};
    const key = KEYS.find((one) => one.endsWith(hint.slice(-4))) ?? '';
    const objects = world.worlds.get(key) ?? new Map();
    world.worlds.set(key, objects);
    return { id: world.make(objects, kinds[index % kinds.length] ?? '').id, keyId };
  });
  write(file, known, 'default');
  const { url } = await parts.server({ dataDir, env });
  const openai = new OpenAI({ apiKey: TOKEN, baseURL: `${url}/v1`, maxRetries: 0 });

  const ask: Record<string, (id: string) => Promise<unknown>> = {
    files: (id) => openai.files.retrieve(id),
    responses: (id) =>
      openai.responses.create({ model: 'm', input: 'x', previous_response_id: id, user: 'somebody' }),
    threads: (id) => openai.beta.threads.messages.create(id, { role: 'user', content: 'x' }),
    batches: (id) => openai.batches.cancel(id),
  };
  for (const [kindIndex, kind] of kinds.entries()) {
    const ids = Array.from({ length: TIMES }, (_, time) => {
      // All over the table, and of every key.
      const step = (OBJECTS / kinds.length / TIMES) * time + (time % KEYS.length);
      return known[step * kinds.length + kindIndex]?.id ?? '';
    });
    const answers = await Promise.allSettled(ids.map(async (id) => ask[kind]?.(id)));
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([]);
  }
  expect(world.missed).toEqual([]);
  expect(world.asked).toHaveLength(kinds.length * TIMES);
  expect(new Set(world.asked.map(({ key }) => key))).toEqual(new Set(KEYS));
  await world.stop();
}, 120_000);
