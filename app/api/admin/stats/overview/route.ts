import { statsApi } from '@/lib/admin/contract/stats';
import { overview } from '@/lib/admin/stats/overview';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(statsApi.overview, overview);
