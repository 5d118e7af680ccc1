import { keysApi } from '@/lib/admin/contract/keys';
import { keyUsage } from '@/lib/admin/keys/usage';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(keysApi.usage, keyUsage);
