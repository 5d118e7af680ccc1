import type { AdminContext } from '../context';
import { recordAct } from '../audit/record';
import { notFound } from '../error';
import { findKey } from './find';
import { keyItem } from './key-item';

export async function verifyKey(context: AdminContext, { id }: { readonly id: string }) {
  const { row } = findKey(context, id);
  const verification = await context.keyProber.verifyKey(id, context.caller.signal);
  if (verification === undefined) throw notFound('key');
  await recordAct(context, {
    action: 'keys.verify',
    target: `key ${row.hint}`,
    detail: { outcome: verification.outcome },
  });
  return { ...verification, key: keyItem(findKey(context, id), context.liveTime) };
}
