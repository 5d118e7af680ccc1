import { actorOf, type Asker, type AuditEntry } from '../../auth/asker';
import type { AdminContext } from '../context';

interface Auditor extends Pick<AdminContext, 'store'> {
  readonly caller: Asker;
}

/**
 * Notes what has been done that changes nothing in the store: a test, a run of a job. It is done whether or not that
 * works, so a failure is only logged. A change of the store has its entry in its own transaction, see `store.change`.
 */
export async function recordAct(
  context: Auditor & Pick<AdminContext, 'onError'>,
  entry: AuditEntry,
): Promise<void> {
  try {
    await recordOrRefuse(context, entry);
  } catch (error) {
    context.onError(error, 'writing the audit list failed');
  }
}

/** Notes what is about to be given away, and rejects if it cannot. */
export async function recordOrRefuse(
  { store, caller }: Auditor,
  { action, target, detail = {} }: AuditEntry,
): Promise<void> {
  await store.audit.insert({ actor: actorOf(caller), action, target, detail: JSON.stringify(detail) });
}
