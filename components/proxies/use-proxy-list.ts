'use client';
import type { ProxyItem } from '@/lib/admin/contract/proxies';
import { follows } from '@/lib/client/live-follower';
import { withLiveProxies } from '@/lib/client/live-merge';
import { fetchProxies, proxyListKey, type ProxyListQuery } from '@/lib/client/proxies';
import { useLive } from '../layout/live-provider';
import { useWindowedList, type WindowedList } from '../shared/use-windowed-list';

/** The stream tells how they are; who goes through which, and which of them pass a filter, it only hints at. */
const listMeta = follows(['proxies', 'proxy-states', 'keys', 'settings'], 5_000);

export function useProxyList(query: ProxyListQuery): WindowedList<ProxyItem> {
  const live = useLive().data;
  return useWindowedList<ProxyItem>({
    queryKey: [...proxyListKey, query],
    fetchPage: ({ page, pageSize, signal }) => fetchProxies({ ...query, page, pageSize }, signal),
    meta: listMeta,
    merge: (page) => withLiveProxies(page, live),
  });
}
