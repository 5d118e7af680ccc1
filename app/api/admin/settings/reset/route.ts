import { settingsApi } from '@/lib/admin/contract/settings';
import { resetSettings } from '@/lib/admin/settings/reset';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(settingsApi.reset, resetSettings);
