import { keysApi } from '@/lib/admin/contract/keys';
import { undoDeletion } from '@/lib/admin/keys/undo';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(keysApi.undo, undoDeletion);
