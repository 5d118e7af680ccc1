import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openapiDocument } from '../../../lib/admin/openapi';

const ROOT = join(import.meta.dirname, '../../../app/api/admin');

/** `GET /api/admin/keys/{id}` for every method that a route file answers. */
function routes(): string[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('route.ts') && !path.includes('[...'))
    .flatMap((path) => {
      const address = path
        .replaceAll('\\', '/')
        .replace(/\/?route\.ts$/, '')
        .replace(/\[(\w+)\]/g, '{$1}');
      const text = readFileSync(join(ROOT, path), 'utf8');
      return [...text.matchAll(/export const (GET|POST|PATCH|PUT|DELETE) = adminRoute\(/g)].map(
        ([, method]) => `${method} /api/admin/${address}`,
      );
    })
    .sort();
}

const document = openapiDocument({ version: '1.2.3' });

it('the description has every route, and every route is described', () => {
  const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual(routes());
});

it('each operation has a name of its own and says how it answers', () => {
  const operations = Object.values(document.paths ?? {}).flatMap((item): unknown[] =>
    Object.values(item as object),
  );
  const ids = operations.map((operation) => (operation as { operationId: string }).operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const operation of operations) {
    expect(Object.keys((operation as { responses: object }).responses)).toEqual(['200', 'default']);
  }
});

it('every route goes through the one way in', () => {
  for (const path of readdirSync(ROOT, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts')) continue;
    const text = readFileSync(join(ROOT, path), 'utf8');
    const exported = [...text.matchAll(/export const (\w+) = (\w+)/g)].filter(
      ([, name]) => name !== 'dynamic',
    );
    for (const [, , maker] of exported) expect(maker).toBe('adminRoute');
  }
});
