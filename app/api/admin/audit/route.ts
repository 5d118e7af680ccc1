import { auditApi } from '@/lib/admin/contract/audit';
import { listAudit } from '@/lib/admin/audit/list';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(auditApi.list, listAudit);
