import type { AttentionItem, AttentionOf } from '@/lib/admin/contract/stats';
import { keysHref } from '../keys/key-view';

/** What was out, and still is. */
export const INCIDENTS = '/logs?tab=incidents';

/** The page that shows what the item speaks of. */
export function attentionHref(item: AttentionItem): string {
  switch (item.kind) {
    case 'keys':
      return keysHref(keyViewOf(item));
    case 'waiting':
      return keysHref({ provider: item.provider });
    case 'provider':
      return `/logs?tab=errors&provider=${encodeURIComponent(item.provider)}`;
    case 'failing':
    case 'model': {
      const model = item.model === null ? '' : `&model=${encodeURIComponent(item.model)}`;
      return `/logs?tab=errors&provider=${encodeURIComponent(item.provider)}${model}`;
    }
    case 'proxy':
      return `/proxies?proxy=${encodeURIComponent(item.proxyId)}`;
    case 'proxies':
      return '/proxies?sort=status&order=desc';
    case 'budget':
      return '/settings?tab=tokens';
    case 'shortage':
    case 'alone':
      return '/settings?tab=jobs';
  }
}

function keyViewOf({ provider, state, status, model }: AttentionOf<'keys'>) {
  switch (state) {
    case 'disabled':
      return { provider, status: 'disabled_auto', errorStatus: String(status ?? 0) };
    case 'resting':
      return { provider, status: 'cooling', model: model ?? '' };
    case 'failing':
      return { provider, status: 'active', minFailures: '1' };
    case 'none_left':
      return { provider };
  }
}
