import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorAnswerSchema } from '../../lib/admin/contract/error';
import { startScriptedUpstream, type ScriptedUpstream } from '../support/scripted-upstream';
import { startServer, type RunningServer } from '../support/server';
import { fuzz } from './fuzz';

const ADMIN = 'sk-admin-0123456789-abcdefghij';
const KEY = 'sk-provider-key-0123456789';

interface Operation {
  readonly method: string;
  readonly path: string;
  /** Names that its body and query know. */
  readonly names: readonly string[];
}

let upstream: ScriptedUpstream;
let server: RunningServer;
let operations: readonly Operation[];

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  const env = { BASE_URL: upstream.baseUrl, API_KEYS: KEY, AUTH_TOKEN: ADMIN, LOG_LEVEL: 'WARNING' };
  server = await startServer({ env });
  const answer = await fetch(`${server.url}/api/admin/openapi.json`, {
    headers: { authorization: `Bearer ${ADMIN}` },
  });
  operations = operationsOf((await answer.json()) as Description);
});
afterAll(async () => {
  await server.stop();
  await upstream.stop();
});

interface Description {
  readonly paths: Record<string, Record<string, { parameters?: { name: string }[]; requestBody?: unknown }>>;
}

function operationsOf({ paths }: Description): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path: path.startsWith('/api/admin') ? path : `/api/admin${path}`,
      names: [...parameters.map(({ name }) => name), ...namesIn(requestBody)],
    })),
  );
}

/** The names of properties anywhere in a schema. */
function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, inner]) => [
    ...(name === 'properties' ? Object.keys(inner as object) : []),
    ...namesIn(inner),
  ]);
}

const odd = fc.constantFrom<unknown>(
  ...[
    '__proto__',
    'constructor',
    'toString',
    '',
    ' ',
    '../..',
    '%',
    '\u0000',
    '\ud800',
    '=1+1',
    'default',
    '1e999',
    '-0',
  ],
  ...[0, -1, 1.5, 2 ** 53, 1e308, -1e308, 8.64e15 + 1, null, true, false, [], {}, [[]], [null], { id: {} }],
);
const value = fc.oneof(odd, fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary', maxLength: 30 }));
const plan = fc.record({
  pick: fc.nat(),
  id: fc.oneof(
    fc.constantFrom('x', '__proto__', '%00', '%', '..', 'default', '1'),
    fc.string({ maxLength: 6 }),
  ),
  fields: fc.array(fc.tuple(fc.nat(), fc.oneof(fc.constant(undefined), fc.string({ maxLength: 5 })), value), {
    maxLength: 5,
  }),
  whole: fc.option(value, { freq: 8 }),
  cut: fc.double({ min: 0.5, max: 4, noNaN: true }),
});

it('no JSON, query or id that is sent to the admin API brings a server error, a stack trace or a secret', async () => {
  await fuzz(
    fc.asyncProperty(plan, async ({ pick, id, fields, whole, cut }) => {
      const { method, path, names } = operations[pick % operations.length] ?? expect.fail('no operation');
      // Follows what happens and never ends; shows a key, as it should.
      if (path.endsWith('/live') || path.endsWith('/reveal') || path.endsWith('/export')) return;
      // Asks a server elsewhere, and says so if that does not answer.
      if (path.endsWith('/prices/update')) return;
      const entries = fields.map(
        ([n, name, content]) => [name ?? names[n % Math.max(1, names.length)] ?? 'x', content] as const,
      );
      const isRead = method === 'GET';
      const query = isRead
        ? `?${new URLSearchParams(entries.map(([name, content]) => [name, asText(content)]))}`
        : '';
      const json = JSON.stringify(whole ?? Object.fromEntries(entries));
      const url = `${server.url}${path.replace(/\{\w+\}/g, () => encodeLoosely(id))}${query}`;
      const answer = await fetch(url, {
        method,
        redirect: 'manual',
        headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
        ...(!isRead && { body: cut < 1 ? json.slice(0, json.length * cut) : json }),
      });
      const text = await answer.text();
      const what = `${method} ${url} ${json} -> ${answer.status} ${text.slice(0, 300)}`;
      expect(answer.status, what).toBeLessThan(500);
      expect(text, what).not.toContain(KEY);
      if (answer.status >= 400)
        expect(errorAnswerSchema.safeParse(JSON.parse(text)).success, what).toBe(true);
    }),
  );
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});

function asText(content: unknown): string {
  return typeof content === 'string' ? wellFormed(content) : JSON.stringify(content);
}

function encodeLoosely(id: string): string {
  return id.startsWith('%') ? id : encodeURIComponent(wellFormed(id));
}

/** Without half characters, which no address can hold. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
