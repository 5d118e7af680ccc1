import { describe, expect, it } from 'vitest';
import { routesAnswerSchema } from '../../../../lib/admin/contract/routes';
import { createProvider } from '../../../../lib/admin/providers/create';
import { listRoutes } from '../../../../lib/admin/routes/list';
import { replaceRoutes } from '../../../../lib/admin/routes/replace';
import { NEW_PROVIDER, world } from '../support';

const target = (provider: string, more: object = {}) => ({ provider, ...more });

describe('model routes', () => {
  it('are replaced as a whole, and are in force then', async () => {
    const { context, gateway, audit } = await world();
    const routes = [
      { name: 'fast', firstTokenTimeout: 2, targets: [target('default', { model: 'm', weight: 3 })] },
    ];
    const answer = await replaceRoutes(context, { routes });
    expect(routesAnswerSchema.parse(answer)).toEqual(answer);
    expect(answer).toMatchObject({
      source: 'dashboard',
      problem: null,
      items: [
        {
          name: 'fast',
          on: ['unavailable'],
          firstTokenTimeout: 2,
          targets: [{ weight: 3, tier: 1, model: 'm' }],
        },
      ],
    });
    expect(gateway().routes.find('fast')?.route.name).toBe('fast');
    expect(await audit()).toMatchObject([{ action: 'routes.replace', target: 'MODEL_ROUTES' }]);
    await replaceRoutes(context, { routes: [] });
    expect(listRoutes(context)).toMatchObject({ items: [] });
    expect(gateway().routes.isEmpty).toBe(true);
  });

  it('are refused with where the mistake is, and if somebody else was quicker', async () => {
    const { context } = await world();
    const { revision } = listRoutes(context);
    await expect(replaceRoutes(context, { routes: [{ name: 'a', targets: [] }] })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { MODEL_ROUTES: 'MODEL_ROUTES[0].targets: must have a target' },
    });
    const routes = [{ name: 'a', targets: [target('default')] }];
    await replaceRoutes(context, { revision, routes });
    await expect(replaceRoutes(context, { revision, routes: [] })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('tell what each target could do', async () => {
    const { context } = await world();
    await createProvider(context, {
      ...NEW_PROVIDER,
      name: 'Off',
      baseUrl: 'https://off.example/v1',
      isEnabled: false,
    });
    await createProvider(context, { ...NEW_PROVIDER, name: 'Empty', baseUrl: 'https://empty.example/v1' });
    const targets = ['default', 'off', 'empty', 'nobody'].map((slug) => target(slug));
    const { items } = await replaceRoutes(context, { routes: [{ name: 'm', targets }] });
    expect(items[0]?.targets.map(({ state }) => state)).toEqual([
      'no_keys',
      'disabled',
      'no_keys',
      'unknown',
    ]);
  });
});
