import { tasksApi } from '@/lib/admin/contract/tasks';
import { listTasks } from '@/lib/admin/tasks/list';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(tasksApi.list, listTasks);
