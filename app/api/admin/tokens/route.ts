import { tokensApi } from '@/lib/admin/contract/tokens';
import { listTokens } from '@/lib/admin/tokens/list';
import { createToken } from '@/lib/admin/tokens/create';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(tokensApi.list, listTokens);
export const POST = adminRoute(tokensApi.create, createToken);
