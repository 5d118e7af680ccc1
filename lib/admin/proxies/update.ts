import type { EgressStateChange } from '../../store/rows';
import type { EndpointInput } from '../contract/endpoint';
import type { proxiesApi } from '../contract/proxies';
import type { AdminContext } from '../context';
import { PROXIES } from '../steps';
import { findProxy, readProxy } from './find';

const REASON = 'disabled by a person';

/** Changes the given fields; refuses with `conflict` if the proxy has changed since it was read. */
export async function updateProxy(context: AdminContext, input: EndpointInput<typeof proxiesApi.update>) {
  const { id, version, enabled, note, isShared } = input;
  const { row } = findProxy(context, id);
  const patch = { ...(note !== undefined && { note }), ...(isShared !== undefined && { isShared }) };
  const detail = { ...(isShared !== undefined && { isShared }), ...(enabled !== undefined && { enabled }) };
  await context.configuration.change(async (editor) => {
    const epoch = await context.store.change(context.caller, async (write) => {
      // The version is checked even if nothing but live state changes.
      await write.egress.update(id, patch, version);
      const said =
        enabled === undefined ? undefined : await write.egress.setStates([switchedProxy(id, enabled)]);
      const entry = { action: 'proxies.update', target: row.hint, detail };
      return { entry, notes: PROXIES, result: said?.get(id) };
    });
    if (enabled !== undefined) switchProxy(context, id, enabled, epoch);
    await editor.reloadEgresses();
  });
  context.live.changed('proxies');
  return readProxy(context, { id });
}

/** What a person's word makes of it in the store. */
export function switchedProxy(id: string, isEnabled: boolean): EgressStateChange {
  return { id, isByPerson: true, disabled: isEnabled ? null : { by: 'manual', reason: REASON } };
}

/** The same where it lives. False if it is gone. */
export function switchProxy(
  { egresses }: AdminContext,
  id: string,
  isEnabled: boolean,
  epoch: number | undefined,
): boolean {
  return egresses.setDisabled(id, isEnabled ? undefined : REASON, epoch);
}
