import type { EndpointInput } from '../contract/endpoint';
import type { proxiesApi, ProxyItem } from '../contract/proxies';
import type { AdminContext } from '../context';
import { allProxies, proxyItems } from './find';

type Input = EndpointInput<typeof proxiesApi.list>;

export async function listProxies(context: AdminContext, input: Input) {
  const { page, pageSize, sort, order, status, search } = input;
  const words = search?.toLowerCase() ?? '';
  const found = (await proxyItems(context, allProxies(context))).filter(
    (item) =>
      (status === undefined || item.status === status || (status === 'disabled' && isDisabled(item))) &&
      (item.address.toLowerCase().includes(words) || item.note.toLowerCase().includes(words)),
  );
  const sign = order === 'asc' ? 1 : -1;
  found.sort((a, b) => sign * (compare(a[sort], b[sort]) || compare(a.id, b.id)));
  const start = (page - 1) * pageSize;
  return { items: found.slice(start, start + pageSize), total: found.length, page, pageSize };
}

function isDisabled({ status }: ProxyItem): boolean {
  return status === 'disabled_auto' || status === 'disabled_manual';
}

/** What is unknown comes last. */
function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}
