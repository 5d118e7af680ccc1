import { providersApi } from '@/lib/admin/contract/providers';
import { listProviders } from '@/lib/admin/providers/list';
import { createProvider } from '@/lib/admin/providers/create';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(providersApi.list, listProviders);
export const POST = adminRoute(providersApi.create, createProvider);
