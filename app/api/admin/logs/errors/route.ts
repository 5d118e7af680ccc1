import { logsApi } from '@/lib/admin/contract/logs';
import { listErrors } from '@/lib/admin/logs/list';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(logsApi.errors, listErrors);
