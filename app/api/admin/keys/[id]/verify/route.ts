import { keysApi } from '@/lib/admin/contract/keys';
import { verifyKey } from '@/lib/admin/keys/verify';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(keysApi.verify, verifyKey);
