import { logsApi } from '@/lib/admin/contract/logs';
import { readLog } from '@/lib/admin/logs/read';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(logsApi.read, readLog);
