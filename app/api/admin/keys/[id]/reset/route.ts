import { keysApi } from '@/lib/admin/contract/keys';
import { resetKey } from '@/lib/admin/keys/reset';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(keysApi.reset, resetKey);
