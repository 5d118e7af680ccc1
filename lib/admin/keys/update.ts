import type { EndpointInput } from '../contract/endpoint';
import type { KeyItem, keysApi } from '../contract/keys';
import { recordChange } from '../audit/record';
import type { AdminContext } from '../context';
import { AdminError, wrongField } from '../error';
import { switchKey } from './bulk';
import { findKey, providerOfField } from './find';
import { keyItem } from './key-item';
import { moveKeys } from './move-keys';

type Input = EndpointInput<typeof keysApi.update>;

/** Changes what is given, all or nothing. */
export async function updateKey(context: AdminContext, input: Input): Promise<KeyItem> {
  const { id, version, enabled, provider, ...patch } = input;
  const { row } = findKey(context, id);
  const to = provider === undefined ? undefined : providerOfField(context, 'provider', provider);
  if (patch.egressId !== undefined && patch.egressId !== null) {
    const isKnown = context.configuration.inventory.egresses.some((egress) => egress.id === patch.egressId);
    if (!isKnown) throw wrongField('egressId', 'there is no such proxy');
  }
  if (to !== undefined && to.id !== row.providerId) {
    const siblings = context.configuration.inventory.keys.get(to.id)?.values() ?? [];
    for (const { value } of siblings) {
      if (value === row.value) throw new AdminError('duplicate', `'${to.slug}' has this key already.`);
    }
  }

  await context.configuration.change(async (editor) => {
    // The version is checked even if nothing but live state changes.
    await context.store.keys.update(id, patch, version);
    const { row: current } = findKey(context, id);
    const defined = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    editor.replaceKey({ ...current, ...defined, version: current.version + 1 });
  });
  if (to !== undefined && to.id !== row.providerId) {
    await moveKeys(context, [findKey(context, id)], to).next();
  }
  if (enabled !== undefined) {
    switchKey(context, enabled ? 'enable' : 'disable', findKey(context, id).row.providerId, id);
  }
  context.live.changed('keys');
  await recordChange(context, {
    action: 'keys.update',
    target: `key ${row.hint}`,
    detail: { fields: Object.keys(input).filter((name) => name !== 'id' && name !== 'version') },
  });
  return keyItem(findKey(context, id), context.liveTime);
}
