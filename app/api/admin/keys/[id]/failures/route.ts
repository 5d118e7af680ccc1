import { keysApi } from '@/lib/admin/contract/keys';
import { keyFailures } from '@/lib/admin/keys/failures';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(keysApi.failures, keyFailures);
