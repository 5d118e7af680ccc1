import { proxiesApi } from '@/lib/admin/contract/proxies';
import { listProxies } from '@/lib/admin/proxies/list';
import { createProxies } from '@/lib/admin/proxies/create';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(proxiesApi.list, listProxies);
export const POST = adminRoute(proxiesApi.create, createProxies);
