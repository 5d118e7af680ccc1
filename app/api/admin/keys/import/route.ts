import { keysApi } from '@/lib/admin/contract/keys';
import { importKeys } from '@/lib/admin/keys/import';
import { adminRoute } from '@/lib/http/admin/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(keysApi.import, importKeys);
