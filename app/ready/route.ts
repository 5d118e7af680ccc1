import { currentRuntime } from '@/lib/runtime/routes/current';
import { readyAnswer } from '@/lib/http/health';

export const dynamic = 'force-dynamic';

export async function GET(): Promise<Response> {
  const { status, body } = readyAnswer(await currentRuntime().readiness());
  return Response.json(body, { status });
}
