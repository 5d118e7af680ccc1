import type { ProxyListQuery } from '@/lib/client/proxies';

export const proxyViewDefaults = { status: '', search: '', sort: 'createdAt', order: 'asc', proxy: '' };

export type ProxyView = typeof proxyViewDefaults;

/** What the API is asked for; it checks what the address holds. */
export function proxyListQueryOf({ status, search, sort, order }: ProxyView): ProxyListQuery {
  return {
    ...(status === '' ? {} : { status }),
    ...(search === '' ? {} : { search }),
    sort,
    order,
  } as ProxyListQuery;
}
