import { providersApi } from '@/lib/admin/contract/providers';
import { checkAddress } from '@/lib/admin/providers/check-address';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(providersApi.check, checkAddress);
