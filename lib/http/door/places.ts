import { ADMIN_DOCS } from '../../admin/contract/addresses';
import { BODY_BYTES_MAX, bodyBytesMaxOf } from '../../admin/contract/body-limits';
import { ALLOWED_METHODS } from '../../gateway/request/methods';
import { parseRoute } from '../../gateway/request/route';
import { adminAddressOf, isAdminPath } from '../admin/addresses';
import { pathnameOf } from './request-target';

/** What may be sent to a path outside the gateway. */
export interface Place {
  /** What it answers; empty for a path where nothing is. */
  readonly methods: readonly string[];
  readonly bodyBytesMax: number;
  /** A body is read from admins only. */
  readonly isForAdmins: boolean;
  /** For the whole body. */
  readonly bodyMs: number;
}

/** The pages, each by its name, as in `proxy.ts`. */
export const PAGES: ReadonlySet<string> = new Set([
  '/',
  '/login',
  '/explore',
  '/keys',
  '/models',
  '/playground',
  '/providers',
  '/proxies',
  '/logs',
  '/settings',
  ADMIN_DOCS,
]);

/** Signing in and out: a token, a cookie's twin and an address to go to. */
export const SIGN_IN_BYTES_MAX = 8 * 1024;

const READ = ['GET', 'HEAD'];
const OTHERS_TO_READ =
  /^\/(health|ready|metrics|icon\.svg|favicon\.ico|apple-icon\.png|manifest\.webmanifest|icons\/[\w-]+\.(?:png|svg)|_next\/.*)$/;

const readOnly: Place = { methods: READ, bodyBytesMax: 0, isForAdmins: false, bodyMs: 0 };
const nowhere: Place = { ...readOnly, methods: [] };
const signIn: Place = {
  methods: ['GET', 'POST'],
  bodyBytesMax: SIGN_IN_BYTES_MAX,
  isForAdmins: false,
  bodyMs: 10_000,
};

/** Nothing that the table does not name takes a body. */
export function placeOf(pathname: string, method: string): Place {
  if (pathname.startsWith('/api/auth/')) return signIn;
  if (PAGES.has(pathname)) return readOnly;
  if (isAdminPath(pathname)) return adminPlace(pathname, method);
  return OTHERS_TO_READ.test(pathname) ? readOnly : nowhere;
}

function adminPlace(pathname: string, method: string): Place {
  const { endpoints } = adminAddressOf(pathname) ?? {};
  const name = endpoints?.get(method);
  return {
    methods: [...(endpoints?.keys() ?? [])],
    bodyBytesMax: name === undefined ? BODY_BYTES_MAX : bodyBytesMaxOf(name),
    isForAdmins: true,
    bodyMs: 120_000,
  };
}

/** For the `allow` header of a 405 at this path, inside the gateway or outside. */
export function allowedAt(url: string): string {
  const { methods } = parseRoute(url) === undefined ? placeOf(pathnameOf(url), 'GET') : nowhere;
  return methods.length === 0 ? ALLOWED_METHODS : methods.join(', ');
}
