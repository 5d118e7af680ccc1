import { currentRuntime } from '@/lib/runtime/routes/current';

export const dynamic = 'force-dynamic';

const answer = (request: Request): Promise<Response> => currentRuntime().front.handleMetrics(request);
export {
  answer as GET,
  answer as HEAD,
  answer as POST,
  answer as PUT,
  answer as PATCH,
  answer as DELETE,
  answer as OPTIONS,
};
