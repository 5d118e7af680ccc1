import type { ProxyListQuery } from '@/lib/client/proxies';

export const proxyViewDefaults = {
  status: '',
  search: '',
  sort: 'createdAt',
  order: 'asc',
  /** The proxy whose details are open. */
  proxy: '',
  /** `new`: the form that adds proxies. */
  open: '',
};

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
