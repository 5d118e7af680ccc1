import { openapiApi } from '@/lib/admin/contract/openapi';
import { openapiDocument } from '@/lib/admin/openapi';
import { adminRoute } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export const GET = adminRoute(openapiApi.read, openapiDocument);
