import { keysApi } from '@/lib/admin/contract/keys';
import { importKeys } from '@/lib/admin/keys/import';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(keysApi.import, importKeys);
