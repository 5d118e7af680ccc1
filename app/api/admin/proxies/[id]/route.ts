import { proxiesApi } from '@/lib/admin/contract/proxies';
import { readProxy } from '@/lib/admin/proxies/find';
import { updateProxy } from '@/lib/admin/proxies/update';
import { deleteProxy } from '@/lib/admin/proxies/delete';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(proxiesApi.read, readProxy);
export const PATCH = adminRoute(proxiesApi.update, updateProxy);
export const DELETE = adminRoute(proxiesApi.delete, deleteProxy);
