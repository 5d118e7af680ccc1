import { keysApi } from '@/lib/admin/contract/keys';
import { listKeys } from '@/lib/admin/keys/list';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(keysApi.list, listKeys);
