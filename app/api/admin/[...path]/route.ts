import { noSuchEndpoint } from '@/lib/runtime/routes/admin-route';

export const dynamic = 'force-dynamic';
export {
  noSuchEndpoint as GET,
  noSuchEndpoint as HEAD,
  noSuchEndpoint as POST,
  noSuchEndpoint as PUT,
  noSuchEndpoint as PATCH,
  noSuchEndpoint as DELETE,
  noSuchEndpoint as OPTIONS,
};
