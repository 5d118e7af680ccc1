import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_BASE } from '../../lib/admin/contract/addresses';
import { ENDPOINTS } from '../../lib/admin/contract/api';

const APP = join(import.meta.dirname, '../../app');

/**
 * Every address of the tree under `app` and of the admin API, with something in the place of its parameters, and what
 * Next has of its own.
 */
export function everyRoute(): string[] {
  const ofTree = readdirSync(APP, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|[/\\])(route\.ts|page\.tsx)$/.test(path))
    .map((path) =>
      `/${path.replaceAll('\\', '/')}`
        .replace(/\/(route\.ts|page\.tsx)$/, '')
        .replace(/\/\([^)]*\)/g, '')
        .replace('[...nextauth]', 'session')
        .replace(/\[\.\.\.\w+\]/g, 'no/such/thing')
        .replace(/\[\w+\]/g, 'some-id'),
    )
    .map((path) => (path === '' ? '/' : path));
  const ofAdmin = ENDPOINTS.map(({ path }) => ADMIN_BASE + path.replace(/\{\w+\}/g, 'some-id'));
  return [...new Set([...ofTree, ...ofAdmin, ...OTHERS])].sort();
}

const OTHERS = [
  '/icon.svg',
  '/favicon.ico',
  '/apple-icon.png',
  '/manifest.webmanifest',
  '/icons/icon-192.png',
  '/_next/static/nothing.js',
  '/_next/image',
  '/_not-found',
  '/_global-error',
  '/%5Fglobal-error',
  '/_error',
  '/404',
  '/500',
  '/api',
  '/api/admin',
  '/api/nothing',
  '/api/auth/callback/credentials',
  '/api/auth/signout',
  '/api/auth/nothing',
];
