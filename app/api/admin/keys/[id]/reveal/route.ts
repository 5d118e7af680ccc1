import { keysApi } from '@/lib/admin/contract/keys';
import { revealKey } from '@/lib/admin/keys/reveal';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const POST = adminRoute(keysApi.reveal, revealKey);
