import { tokensApi } from '@/lib/admin/contract/tokens';
import { renameToken } from '@/lib/admin/tokens/rename';
import { revokeToken } from '@/lib/admin/tokens/revoke';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const PATCH = adminRoute(tokensApi.rename, renameToken);
export const DELETE = adminRoute(tokensApi.revoke, revokeToken);
