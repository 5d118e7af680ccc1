import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ObjectWorld } from '../../support/object-world';
import { hasPip, pythonOpenai, runPython } from '../../support/python-openai';
import { startServer, type RunningServer } from '../../support/server';
import { tempDir, type TempDir } from '../../support/temp-dir';
import { waitFor } from '../../support/wait-for';
import { databaseFile, query, secretKey, TOKEN } from './support';

const TIMES = 10;
const KEYS = Array.from({ length: 5 }, (_, index) => secretKey(`p${index}p`));
const INSTALL_MS = 120_000;

type Made = Readonly<Record<string, readonly unknown[]>>;
const slice = (made: Made, from: number, to: number): Made =>
  Object.fromEntries(Object.entries(made).map(([kind, all]) => [kind, all.slice(from, to)]));

describe.skipIf(!hasPip)(
  'with OpenAI\u2019s client for Python, five keys that each own their objects',
  () => {
    let sdk: string;
    let world: ObjectWorld;
    let folder: TempDir;
    let server: RunningServer;

    beforeAll(async () => {
      sdk = await pythonOpenai();
      world = await ObjectWorld.start();
      folder = await tempDir('python-ownership');
      server = await start();
    }, INSTALL_MS);
    afterAll(async () => {
      server.kill('SIGKILL');
      await server.stop();
      await world.stop();
      await folder.remove();
    });

    const start = () =>
      startServer({
        dataDir: folder.path,
        env: { ALLOWED_TOKENS: TOKEN, API_KEYS: JSON.stringify(KEYS), BASE_URL: world.baseUrl },
      });
    const run = (verb: string, more: readonly string[], input?: unknown) =>
      runPython(sdk, 'ownership.py', [verb, `${server.url}/v1`, TOKEN, ...more], input);

    it('serve ten of ten of each kind, before a kill and after the restart', async () => {
      const made = (await run('make', [String(TIMES)])) as Made;
      expect(Object.keys(made)).toHaveLength(10);
      expect(await run('go_on', [], slice(made, TIMES / 2, TIMES))).toEqual([]);
      const ids = Object.values(slice(made, 0, TIMES / 2)).flat(2) as string[];
      await waitFor(
        () => {
          const rows = query<{ objectId: string }>(databaseFile(server), 'SELECT objectId FROM ObjectOwner');
          const known = new Set(rows.map(({ objectId }) => objectId));
          return ids.every((id) => known.has(id));
        },
        { what: 'all owners to be written' },
      );
      server.kill('SIGKILL');
      await server.exited;
      server = await start();
      expect(await run('go_on', [], slice(made, 0, TIMES / 2))).toEqual([]);
      // Nobody was asked for what is another one's, and all took part.
      expect(world.missed).toEqual([]);
      expect(new Set(world.asked.map(({ key }) => key))).toEqual(new Set(KEYS));
    }, 120_000);
  },
);
