import { logsApi } from '@/lib/admin/contract/logs';
import { exportLogs } from '@/lib/admin/logs/export';
import { adminRoute } from '@/lib/http/admin/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(logsApi.export, exportLogs);
