import { statsApi } from '@/lib/admin/contract/stats';
import { statsByKey } from '@/lib/admin/stats/breakdown';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(statsApi.keys, statsByKey);
