import { keysApi } from '@/lib/admin/contract/keys';
import { readKey } from '@/lib/admin/keys/read';
import { updateKey } from '@/lib/admin/keys/update';
import { deleteKey } from '@/lib/admin/keys/delete';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(keysApi.read, readKey);
export const PATCH = adminRoute(keysApi.update, updateKey);
export const DELETE = adminRoute(keysApi.delete, deleteKey);
