import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ADMIN_API } from '../../../../lib/admin/contract/api';
import { bodyBytesMaxOf } from '../../../../lib/admin/contract/body-limits';
import { allowedAt, PAGES, placeOf } from '../../../../lib/http/door/places';
import { config } from '../../../../proxy';

const APP = join(import.meta.dirname, '../../../../app');

it('every page of the tree is known as one, here and in proxy.ts', () => {
  const pages = readdirSync(APP, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('page.tsx'))
    .map(
      (path) =>
        `/${path
          .replaceAll('\\', '/')
          .replace(/\([^)]*\)\//g, '')
          .replace(/\/?page\.tsx$/, '')}`,
    );
  expect([...PAGES].sort()).toEqual(pages.sort());
  expect([...config.matcher].sort()).toEqual(pages.sort());
});

describe('the admin API', () => {
  const endpoints = Object.values(ADMIN_API).flatMap((resource) => Object.values(resource));

  it('takes the methods of its contract at each address, and no others', () => {
    for (const { path } of endpoints) {
      const methods = endpoints.filter((other) => other.path === path).map(({ method }) => method);
      const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
      const address = `/api/admin${path.replace(/\{\w+\}/g, 'some%2Fid')}`;
      expect(allowedAt(address).split(', ').sort(), path).toEqual(allowed.sort());
      expect(placeOf(`${address}/`, 'GET').methods, path).toEqual(placeOf(address, 'GET').methods);
    }
  });

  it('takes large bodies only where whole lists come in', () => {
    const large = endpoints.filter((endpoint) => bodyBytesMaxOf(endpoint.name) > 2 ** 20);
    expect(large.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /keys/import',
      'POST /keys/bulk',
      'POST /keys/export',
      'POST /proxies',
      'POST /routes',
      'PATCH /settings',
      'POST /tokens/import',
      'POST /tokens/import/preview',
      'POST /installation/move-in',
    ]);
    for (const { name } of large) expect(bodyBytesMaxOf(name)).toBeLessThanOrEqual(20 * 2 ** 20);
  });

  it('reads bodies of admins only', () => {
    for (const path of ['/api/admin', '/api/admin/', '/api/admin/keys', '/api/admin/no/such']) {
      expect(placeOf(path, 'POST').isForAdmins).toBe(true);
    }
  });
});

it('whatever is not named takes no body from anybody', () => {
  for (const path of [
    '/',
    '/login',
    '/%6Cogin',
    '/nothing',
    '/health',
    '/api/nothing',
    '/api/authx',
    '/_next/image',
  ]) {
    expect(placeOf(path, 'POST').bodyBytesMax, path).toBe(0);
  }
  expect(placeOf('/api/auth/signout', 'POST').bodyBytesMax).toBeLessThanOrEqual(8 * 1024);
});

it('says of every path which methods it takes', () => {
  expect(allowedAt('/v1/models')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
  expect(allowedAt('/api/auth/csrf')).toBe('GET, POST');
  expect(allowedAt('/login?next=/keys')).toBe('GET, HEAD');
  expect(allowedAt('/api/admin/%')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
});
