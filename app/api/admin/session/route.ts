import { sessionApi } from '@/lib/admin/contract/session';
import { readSession } from '@/lib/admin/session/read';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(sessionApi.read, readSession);
