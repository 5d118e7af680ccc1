import { currentRuntime } from '@/lib/runtime/current';

export const dynamic = 'force-dynamic';

/** The gateway can do its work: the database answers and it is not stopping. */
export async function GET(): Promise<Response> {
  const { isReady, checks } = await currentRuntime().readiness();
  return Response.json({ status: isReady ? 'ready' : 'not ready', checks }, { status: isReady ? 200 : 503 });
}
