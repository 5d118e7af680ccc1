import { HEALTHY } from '@/lib/http/health';

export const dynamic = 'force-dynamic';

export function GET(): Response {
  return Response.json(HEALTHY.body);
}
