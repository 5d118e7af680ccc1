import { proxiesApi } from '@/lib/admin/contract/proxies';
import { testProxy } from '@/lib/admin/proxies/test';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(proxiesApi.test, testProxy);
