import { answer } from '@/lib/runtime/routes/web-route';
import { notFoundPage } from './not-found-page';

export const dynamic = 'force-dynamic';

/** A wrong address answers people with a page, and programs with an error that they can read. */
export async function GET(request: Request): Promise<Response> {
  const response = await answer(request);
  const isForPeople = request.headers.get('accept')?.includes('text/html') === true;
  return response.status === 404 && isForPeople ? notFoundPage() : response;
}

export {
  answer as HEAD,
  answer as POST,
  answer as PUT,
  answer as PATCH,
  answer as DELETE,
  answer as OPTIONS,
};
