import { jobsApi } from '@/lib/admin/contract/jobs';
import { listJobs } from '@/lib/admin/jobs/list';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(jobsApi.list, listJobs);
