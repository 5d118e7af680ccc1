import { logsApi } from '@/lib/admin/contract/logs';
import { exportLogs } from '@/lib/admin/logs/export';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(logsApi.export, exportLogs);
