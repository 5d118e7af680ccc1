import type { AdminContext } from '../context';
import { recordOrRefuse } from '../audit/record';
import { findKey } from './find';

/** The key itself; only if the audit list has it first. */
export async function revealKey(context: AdminContext, { id }: { readonly id: string }) {
  const { row, provider } = findKey(context, id);
  await recordOrRefuse(context, { action: 'keys.reveal', target: `key ${row.hint}`, detail: { provider } });
  return { value: row.value };
}
