import { slugFromName } from '../../config/slug';
import type { ProviderInput } from '../../store/provider-row';
import type { EndpointInput } from '../contract/endpoint';
import type { providersApi } from '../contract/providers';
import type { AdminContext } from '../context';
import { AdminError, wrongField } from '../error';
import { PROVIDERS } from '../steps';
import { checkFields, checkSlug } from './check';
import { findProvider, requireProvider } from './find';
import { fromPreset } from './from-preset';
import { providerItem } from './provider-item';

/** Adds a provider after the others. Without a slug it gets one from its name. */
export async function createProvider(
  context: AdminContext,
  input: EndpointInput<typeof providersApi.create>,
) {
  const slug = input.slug ?? slugFromName(input.name);
  if (slug === '') throw wrongField('slug', 'cannot be made from the name, so it has to be given');
  const { preset, ...said } = input;
  const { baseUrl, auth, testModel } = fromPreset(preset, said);
  const fields = checkFields(context, { ...said, baseUrl, auth, slug: checkSlug(slug) }, undefined);
  const { caller, configuration, store } = context;
  const created = await configuration.change(async (editor) => {
    if (findProvider(context, slug) !== undefined) throw slugTaken(slug);
    const positions = editor.inventory.providers.map(({ position }) => position);
    const planned: ProviderInput = {
      slug,
      name: input.name,
      baseUrl: fields.baseUrl ?? baseUrl,
      isEnabled: input.isEnabled,
      source: 'dashboard',
      position: Math.max(-1, ...positions) + 1,
      modelRequestKey: fields.modelRequestKey ?? null,
      customHeaders: fields.customHeaders ?? {},
      auth: fields.auth ?? auth,
      query: fields.query ?? {},
      timeoutSeconds: input.timeoutSeconds,
      firstTokenTimeoutSeconds: input.firstTokenTimeoutSeconds,
      maxFailures: input.maxFailures,
      maxRetries: input.maxRetries,
      testModel,
      selectionPolicy: input.selectionPolicy,
      fallbacks: fields.fallbacks ?? [],
      egress: fields.egress ?? { mode: 'shared' },
      limits: fields.limits ?? null,
    };
    const row = await store.change(caller, async (write) => {
      const result = await write.providers.create(planned);
      const detail = { name: result.name, baseUrl: result.baseUrl };
      return { entry: { action: 'providers.create', target: slug, detail }, notes: PROVIDERS, result };
    });
    await editor.reloadProviders();
    return row;
  });
  context.live.changed('providers');
  return providerItem(context, requireProvider(context, created.id));
}

export function slugTaken(slug: string): AdminError {
  return new AdminError('duplicate', `There is a provider '${slug}' already.`, { slug: 'is taken already' });
}
