import { expect, it } from 'vitest';
import { routesApi } from '../../../lib/admin/contract/routes';
import { useServer } from './support';

const parts = useServer();

it('as many routes as there may be are put in place at once, and come back as they were', async () => {
  const targets = [1, 2, 3].map((tier) => ({
    provider: 'default',
    model: `model-${tier}`,
    weight: tier,
    tier,
  }));
  const routes = Array.from({ length: 1_000 }, (_, index) => ({ name: `route-${index}`, targets }));
  const { items } = await parts.call(routesApi.replace, { routes });
  expect(items).toHaveLength(1_000);
  expect(items.at(-1)).toMatchObject({ name: 'route-999', targets });
});
