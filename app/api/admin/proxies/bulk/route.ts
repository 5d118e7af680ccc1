import { proxiesApi } from '@/lib/admin/contract/proxies';
import { bulkProxies } from '@/lib/admin/proxies/bulk';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(proxiesApi.bulk, bulkProxies);
