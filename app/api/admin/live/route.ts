import { liveApi } from '@/lib/admin/contract/live';
import { followLive } from '@/lib/admin/live/follow';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(liveApi.follow, followLive);
