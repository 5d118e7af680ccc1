import type { ApiKeyRow } from '../../store/keys/key-row';
import type { ProviderRow } from '../../store/rows';
import type { EndpointInput } from '../contract/endpoint';
import type { KeyItem, keysApi } from '../contract/keys';
import { switchKey } from '../../balancer/pool/switch-key';
import type { AdminContext, InventoryEditing } from '../context';
import { AdminError, wrongField } from '../error';
import { keyRowsNote } from '../steps';
import { findKey, providerOfField } from './find';
import { keptOptions } from './key-options';
import { keyItem, type LiveKey } from './key-item';
import { freshRow, writeMove } from './move-keys';
import { switchedKey } from './switch-keys';

type Input = EndpointInput<typeof keysApi.update>;

/** Changes what is given, all or nothing. */
export async function updateKey(context: AdminContext, input: Input): Promise<KeyItem> {
  const { id, version, enabled, provider, limits, account, ...plain } = input;
  const patch = { ...plain, ...keptOptions({ limits, account }) };
  const { row } = findKey(context, id);
  const to = provider === undefined ? undefined : providerOfField(context, 'provider', provider);
  if (patch.egressId !== undefined && patch.egressId !== null) {
    const isKnown = context.configuration.inventory.egresses.some((egress) => egress.id === patch.egressId);
    if (!isKnown) throw wrongField('egressId', 'there is no such proxy');
  }
  const moving = to !== undefined && to.id !== row.providerId ? to : undefined;
  if (moving !== undefined) refuseDuplicate(context, row, moving);
  const action = enabled === undefined ? undefined : enabled ? 'enable' : 'disable';
  if (moving !== undefined) await context.flushKeyStates();
  await context.configuration.change(async (editor) => {
    const epoch = await context.store.change(context.caller, async (write) => {
      // The version is checked even if nothing but live state changes.
      await write.keys.update(id, patch, version);
      const moved = moving && (await writeMove(write, [{ row }], moving));
      const said = action && (await write.keys.setStates([switchedKey(id, action)]));
      const fields = Object.keys(input).filter((name) => name !== 'id' && name !== 'version');
      const entry = { action: 'keys.update', target: `key ${row.hint}`, detail: { fields } };
      const switched = action === undefined ? [] : [{ kind: 'keys', action, keyIds: [id] } as const];
      return { entry, notes: [...keyRowsNote([row]), ...switched], result: (said ?? moved)?.get(id) };
    });
    const { row: current } = findKey(context, id);
    const defined = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    editor.replaceKey({ ...current, ...defined, version: current.version + 1 });
    if (moving !== undefined) moveLive(context, editor, findKey(context, id), moving, epoch);
    if (action !== undefined) {
      switchKey(context.pools.get(findKey(context, id).row.providerId), action, id, epoch);
    }
  });
  context.live.changed('keys');
  return keyItem(findKey(context, id), context.liveTime);
}

function refuseDuplicate({ configuration }: AdminContext, row: ApiKeyRow, to: ProviderRow): void {
  for (const { value } of configuration.inventory.keys.get(to.id)?.values() ?? []) {
    if (value === row.value) throw new AdminError('duplicate', `'${to.slug}' has this key already.`);
  }
}

function moveLive(
  context: AdminContext,
  editor: InventoryEditing,
  key: LiveKey,
  to: ProviderRow,
  epoch: number | undefined,
): void {
  editor.removeKeys([key.row]);
  editor.addKeys([freshRow(key, to.id, context.liveTime, epoch)]);
  context.live.keysRemoved([key.row.id]);
}
