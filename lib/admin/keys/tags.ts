import { tagName } from '../../config/key-tags';
import type { EndpointInput } from '../contract/endpoint';
import type { keysApi, KeyTag } from '../contract/keys';
import type { AdminContext } from '../context';
import { forEachInSlices } from '../slices';
import { allKeys, providerOfField } from './find';

const SHOWN_MAX = 1_000;

/** The tags that keys have, with how many have each. */
export async function listTags(context: AdminContext, { provider }: EndpointInput<typeof keysApi.tags>) {
  const providerId = provider === undefined ? undefined : providerOfField(context, 'provider', provider).id;
  const lists = new Map<readonly string[], number>();
  await forEachInSlices(allKeys(context, providerId), ({ row: { tags } }) => {
    if (tags.length > 0) lists.set(tags, (lists.get(tags) ?? 0) + 1);
  });
  const found = new Map<string, KeyTag>();
  await forEachInSlices(lists, ([tags, count]) => {
    for (const tag of tags) {
      const name = tagName(tag);
      const known = found.get(name);
      if (known === undefined) found.set(name, { tag, count });
      else known.count += count;
    }
  });
  const items = [...found.values()].sort((a, b) => b.count - a.count || (a.tag < b.tag ? -1 : 1));
  return { items: items.slice(0, SHOWN_MAX), total: items.length };
}
