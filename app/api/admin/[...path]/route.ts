import { currentRuntime } from '@/lib/runtime/routes/current';

/** The admin API as a route handler, where no `server.mjs` stands before Next. */
function answer(request: Request): Promise<Response> {
  return currentRuntime().front.adminApi.handle(request);
}

export const dynamic = 'force-dynamic';
export {
  answer as GET,
  answer as HEAD,
  answer as POST,
  answer as PUT,
  answer as PATCH,
  answer as DELETE,
  answer as OPTIONS,
};
