import type { AdminContext } from '../context';

export interface AuditEntry {
  /** Such as `keys.import`. */
  readonly action: string;
  /** What it was done to: a name or a hint. */
  readonly target: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

type Auditor = Pick<AdminContext, 'store' | 'caller' | 'onError'>;

/** Notes what has been done. It is done whether or not that works, so a failure is only logged. */
export async function recordChange(context: Auditor, entry: AuditEntry): Promise<void> {
  try {
    await recordOrRefuse(context, entry);
  } catch (error) {
    context.onError(error, 'writing the audit list failed');
  }
}

/** Notes what is about to be given away, and rejects if it cannot. */
export async function recordOrRefuse({ store, caller }: Auditor, entry: AuditEntry): Promise<void> {
  await store.audit.insert({
    actor: `${caller.by} ${caller.address}`,
    action: entry.action,
    target: entry.target,
    detail: JSON.stringify(entry.detail ?? {}),
  });
}
