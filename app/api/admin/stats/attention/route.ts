import { statsApi } from '@/lib/admin/contract/stats';
import { attention } from '@/lib/admin/stats/attention';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(statsApi.attention, attention);
