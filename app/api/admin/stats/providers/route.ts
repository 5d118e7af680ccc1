import { statsApi } from '@/lib/admin/contract/stats';
import { statsByProvider } from '@/lib/admin/stats/breakdown';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(statsApi.providers, statsByProvider);
