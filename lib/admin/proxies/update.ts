import type { EndpointInput } from '../contract/endpoint';
import type { proxiesApi } from '../contract/proxies';
import { recordChange } from '../audit/record';
import type { AdminContext } from '../context';
import { findProxy, readProxy } from './find';

const REASON = 'disabled by a person';

/** Changes what is given; refuses with `conflict` if somebody else was quicker. */
export async function updateProxy(context: AdminContext, input: EndpointInput<typeof proxiesApi.update>) {
  const { id, version, enabled, note, isShared } = input;
  const { row } = findProxy(context, id);
  await context.configuration.change(async (editor) => {
    const patch = { ...(note !== undefined && { note }), ...(isShared !== undefined && { isShared }) };
    // The version is checked even if nothing but live state changes.
    await context.store.egress.update(id, patch, version);
    await editor.reloadEgresses();
  });
  if (enabled !== undefined) switchProxy(context, id, enabled);
  context.live.changed('proxies');
  await recordChange(context, {
    action: 'proxies.update',
    target: row.hint,
    detail: { ...(isShared !== undefined && { isShared }), ...(enabled !== undefined && { enabled }) },
  });
  return readProxy(context, { id });
}

export function switchProxy({ egresses }: AdminContext, id: string, isEnabled: boolean): boolean {
  return egresses.setDisabled(id, isEnabled ? undefined : REASON);
}
