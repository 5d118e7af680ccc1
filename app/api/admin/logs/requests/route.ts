import { logsApi } from '@/lib/admin/contract/logs';
import { listRequests } from '@/lib/admin/logs/list';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(logsApi.requests, listRequests);
