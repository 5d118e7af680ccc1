import { settingsApi } from '@/lib/admin/contract/settings';
import { readSettings } from '@/lib/admin/settings/read';
import { updateSettings } from '@/lib/admin/settings/update';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(settingsApi.read, readSettings);
export const PATCH = adminRoute(settingsApi.update, updateSettings);
