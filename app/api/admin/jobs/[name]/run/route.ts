import { jobsApi } from '@/lib/admin/contract/jobs';
import { runJob } from '@/lib/admin/jobs/run';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(jobsApi.run, runJob);
