import { providersApi } from '@/lib/admin/contract/providers';
import { readProvider } from '@/lib/admin/providers/read';
import { updateProvider } from '@/lib/admin/providers/update';
import { deleteProvider } from '@/lib/admin/providers/delete';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(providersApi.read, readProvider);
export const PATCH = adminRoute(providersApi.update, updateProvider);
export const DELETE = adminRoute(providersApi.delete, deleteProvider);
