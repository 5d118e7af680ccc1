import { logsApi } from '@/lib/admin/contract/logs';
import { deleteLogs } from '@/lib/admin/logs/delete';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(logsApi.delete, deleteLogs);
