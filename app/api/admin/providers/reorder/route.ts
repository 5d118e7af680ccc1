import { providersApi } from '@/lib/admin/contract/providers';
import { reorderProviders } from '@/lib/admin/providers/reorder';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(providersApi.reorder, reorderProviders);
