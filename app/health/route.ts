import { HEALTHY } from '@/lib/runtime/health';

export const dynamic = 'force-dynamic';

export function GET(): Response {
  return Response.json(HEALTHY.body);
}
