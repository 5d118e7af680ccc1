import { providersApi } from '@/lib/admin/contract/providers';
import { testProvider } from '@/lib/admin/providers/models';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(providersApi.test, testProvider);
