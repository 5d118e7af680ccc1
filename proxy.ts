import { NextResponse, type NextRequest } from 'next/server';

/**
 * The pages' content security policy: scripts only with the nonce of this very answer, nothing from other hosts. Styles
 * may be inline because menus, charts and long lists set positions by it.
 */
function policyOf(nonce: string): string {
  // React's development build makes sense of errors by it.
  const forDevelopment = process.env.NODE_ENV === 'development' ? ` 'unsafe-eval'` : '';
  return [
    `default-src 'self'`,
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${forDevelopment}`,
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data:`,
    `object-src 'none'`,
    `base-uri 'self'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

/**
 * Pages are read. A form sent to one would be taken for a server action, of which there are none, and its body for
 * one's.
 */
function methodNotAllowed(): NextResponse {
  const error = {
    message: 'The method is not allowed here.',
    type: 'invalid_request_error',
    param: null,
    code: 'method_not_allowed',
  };
  return NextResponse.json({ error }, { status: 405, headers: { allow: 'GET, HEAD', connection: 'close' } });
}

export function proxy(request: NextRequest): NextResponse {
  if (request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed();
  const nonce = btoa(crypto.randomUUID());
  const policy = policyOf(nonce);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  headers.set('x-path', `${request.nextUrl.pathname}${request.nextUrl.search}`);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  response.headers.set('referrer-policy', 'same-origin');
  response.headers.set('x-content-type-options', 'nosniff');
  return response;
}

/** Pages only, each by its name: Next cuts request bodies short on every path that is matched here. */
export const config = {
  matcher: [
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
    '/api/admin/docs',
  ],
};
