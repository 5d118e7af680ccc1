import { tasksApi } from '@/lib/admin/contract/tasks';
import { cancelTask } from '@/lib/admin/tasks/cancel';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(tasksApi.cancel, cancelTask);
