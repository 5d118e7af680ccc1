import type { AdminContext } from '../context';
import { findKey } from './find';

/** The key's last errors, the newest first. */
export async function keyFailures(
  context: AdminContext,
  { id, limit }: { readonly id: string; readonly limit: number },
) {
  const { row } = findKey(context, id);
  await context.catchUpLogs();
  const { rows } = await context.store.errorLogs.wholePage({ limit, filters: { keyId: row.id } });
  return {
    items: rows.map((error) => ({
      id: error.id,
      at: error.at,
      requestId: error.requestId,
      requestLogId: error.requestLogId,
      model: error.model,
      endpoint: error.endpoint,
      status: error.status,
      verdict: error.verdict,
      message: error.message,
      upstreamBody: error.upstreamBody,
    })),
  };
}
