import type { EndpointInput } from '../contract/endpoint';
import type { AuditItem, auditApi } from '../contract/audit';
import type { AdminContext } from '../context';
import { wrongField } from '../error';

const SKIP_MAX = 10_000;
const COUNTED_MAX = 10_000;

/** Who changed what, the newest first. */
export async function listAudit(
  { store }: AdminContext,
  { page, pageSize, cursor }: EndpointInput<typeof auditApi.list>,
) {
  const skip = cursor === undefined ? (page - 1) * pageSize : 0;
  if (skip > SKIP_MAX) throw wrongField('page', `reaches back ${SKIP_MAX} rows only; use the cursor`);
  const rows = await store.audit.page({
    limit: pageSize + 1,
    skip,
    ...(cursor !== undefined && { before: cursor }),
  });
  const shown = rows.slice(0, pageSize);
  const items = shown.map(({ detail, ...row }): AuditItem => ({
    ...row,
    detail: JSON.parse(detail) as Record<string, unknown>,
  }));
  const counted = await store.audit.count(COUNTED_MAX + 1);
  return {
    items,
    total: Math.min(counted, COUNTED_MAX),
    isTotalApproximate: counted > COUNTED_MAX,
    page,
    pageSize,
    nextCursor: rows.length > pageSize ? (shown.at(-1)?.id ?? null) : null,
  };
}
