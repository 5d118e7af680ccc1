import { statsApi } from '@/lib/admin/contract/stats';
import { statsByModel } from '@/lib/admin/stats/breakdown';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(statsApi.models, statsByModel);
