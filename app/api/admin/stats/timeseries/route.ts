import { statsApi } from '@/lib/admin/contract/stats';
import { timeseries } from '@/lib/admin/stats/timeseries';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(statsApi.timeseries, timeseries);
