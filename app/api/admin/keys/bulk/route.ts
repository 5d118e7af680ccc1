import { keysApi } from '@/lib/admin/contract/keys';
import { bulkKeys } from '@/lib/admin/keys/bulk';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(keysApi.bulk, bulkKeys);
