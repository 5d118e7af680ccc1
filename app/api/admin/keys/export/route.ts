import { keysApi } from '@/lib/admin/contract/keys';
import { exportKeys, exportSelectedKeys } from '@/lib/admin/keys/export';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(keysApi.export, exportKeys);
export const POST = adminRoute(keysApi.exportSelected, exportSelectedKeys);
