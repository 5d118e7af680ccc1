import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ADDRESSES } from '../../../lib/admin/contract/addresses';
import { ENDPOINTS } from '../../../lib/admin/contract/api';
import { openapiDocument } from '../../../lib/admin/openapi';
import { ADMIN_VERBS } from '../../../lib/admin/verbs';

const ROOT = join(import.meta.dirname, '../../../app/api/admin');

const document = openapiDocument({ version: '1.2.3' });

it('every address of the table is an endpoint with a verb of its own, and is described under its name', () => {
  const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, { operationId: string }>).map(
      ([method, { operationId }]) => `${operationId}: ${method.toUpperCase()} ${path}`,
    ),
  );
  const addresses = Object.entries(ADDRESSES).map(([name, address]) => [name, ...address.split(' ')]);
  expect(described.sort()).toEqual(
    addresses.map(([name, method, path]) => `${name}: ${method} /api/admin${path}`).sort(),
  );
  expect(ENDPOINTS.map(({ name, method, path }) => [name, method, path])).toEqual(addresses);
  expect(Object.keys(ADMIN_VERBS).sort()).toEqual(Object.keys(ADDRESSES).sort());
});

it('no two endpoints have one address', () => {
  expect(new Set(Object.values(ADDRESSES)).size).toBe(ENDPOINTS.length);
});

it('each operation has a name of its own and says how it answers', () => {
  const operations = Object.values(document.paths ?? {}).flatMap((item): unknown[] =>
    Object.values(item as object),
  );
  const ids = operations.map((operation) => (operation as { operationId: string }).operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

interface Operation {
  readonly parameters?: readonly { readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly content: object }>>;
}

it('each operation names every status with which it may refuse, and what such an answer looks like', () => {
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(item as Record<string, Operation>)) {
      const refusals = Object.entries(operation.responses).filter(([status]) => status !== '200');
      const expected = ['400', '401', '403', '429', '431', '500', '503'];
      if (method !== 'get') expected.push('409');
      if (method !== 'get' || path.includes('{')) expected.push('404');
      if (operation.requestBody !== undefined) expected.push('413');
      if (path.endsWith('/models') && method === 'post') expected.push('502');
      expect([path, refusals.map(([status]) => status)]).toEqual([path, expected.sort()]);
      for (const [, { content }] of refusals) expect(Object.keys(content)).toEqual(['application/json']);
    }
  }
});

it('each operation says which role it needs, and what of its input needs more', () => {
  const operation = (path: string, method: string) =>
    (document.paths?.[path] as Record<string, object>)[method];
  expect(operation('/api/admin/keys/bulk', 'post')).toMatchObject({
    'x-role': 'operator',
    description:
      'Needs the role `operator`; `admin` with `action` `delete`, `move`, `set.limits`, `set.account`.',
  });
  expect(operation('/api/admin/stats/overview', 'get')).toMatchObject({ 'x-role': 'viewer' });
});

it('exports are described with the types that they have', () => {
  const types = (path: string, method: 'get' | 'post') => {
    const operation = (document.paths?.[path] as Record<string, Operation>)[method];
    return Object.keys(operation?.responses['200']?.content ?? {}).sort();
  };
  expect(types('/api/admin/logs/export', 'get')).toEqual(['application/x-ndjson', 'text/csv']);
  for (const method of ['get', 'post'] as const) {
    expect(types('/api/admin/keys/export', method)).toEqual(['application/json', 'text/csv', 'text/plain']);
  }
});

it('the tree has one route for all of it', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  expect(files.map((path) => path.replaceAll('\\', '/'))).toEqual(['[...path]/route.ts']);
});

it('the codes of texts are described wherever an answer has them, and nowhere in what goes in', () => {
  const text = JSON.stringify(document);
  expect(document.components?.schemas).toHaveProperty('Said');
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const operation of Object.values(item as Record<string, Operation>)) {
      expect(JSON.stringify(operation.requestBody ?? {}), path).not.toContain('Said"');
      const { content } = operation.responses['400'] ?? { content: {} };
      expect(JSON.stringify(content), path).toContain('"said":{');
    }
  }
  expect(text).toContain('"reasonSaid":{"anyOf":[{"$ref":"#/components/schemas/Said"},{"type":"null"}]}');
});
