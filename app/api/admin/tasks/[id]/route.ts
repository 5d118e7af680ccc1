import { tasksApi } from '@/lib/admin/contract/tasks';
import { readTask } from '@/lib/admin/tasks/read';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(tasksApi.read, readTask);
