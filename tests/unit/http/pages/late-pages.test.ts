import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { LatePages } from '../../../../lib/http/pages/late-pages';

const page = (_req: unknown, res: ServerResponse) => void res.end('a page');

let server: Server | undefined;
afterEach(() => server?.close());

async function serve(pages: LatePages): Promise<string> {
  server = createServer((req, res) => void pages.handle(req, res));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/login`;
}

it('loads once, for all who ask at once, and not before', async () => {
  let loads = 0;
  const pages = new LatePages(
    async () => {
      loads += 1;
      await new Promise(setImmediate);
      return page;
    },
    () => undefined,
  );
  const url = await serve(pages);
  expect(loads).toBe(0);
  const answers = await Promise.all(Array.from({ length: 10 }, async () => (await fetch(url)).text()));
  expect(answers).toEqual(Array(10).fill('a page'));
  expect(await (await fetch(url)).text()).toBe('a page');
  expect(loads).toBe(1);
});

it('answers 500 when loading fails, tells why, and tries again at the next request', async () => {
  const failures: unknown[] = [];
  const loads = [() => Promise.reject(new Error('no such file')), () => Promise.resolve(page)];
  const pages = new LatePages(
    () => (loads.shift() ?? (() => Promise.reject(new Error('loaded too often'))))(),
    (error) => failures.push(error),
  );
  const url = await serve(pages);
  const answer = await fetch(url);
  expect(answer.status).toBe(500);
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  expect(error).toMatchObject({ code: 'internal_error' });
  expect(error.message).toContain('The pages could not be loaded');
  expect(failures).toEqual([new Error('no such file')]);
  expect(await (await fetch(url)).text()).toBe('a page');
  expect(failures).toHaveLength(1);
});
