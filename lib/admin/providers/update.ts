import type { EndpointInput } from '../contract/endpoint';
import type { providersApi } from '../contract/providers';
import type { AdminContext } from '../context';
import { AdminError } from '../error';
import { PROVIDERS } from '../steps';
import { checkFields } from './check';
import { slugTaken } from './create';
import { findProvider, requireProvider } from './find';
import { providerItem } from './provider-item';

/** Changes the given fields; refuses with `conflict` if the provider has changed since it was read. */
export async function updateProvider(
  context: AdminContext,
  input: EndpointInput<typeof providersApi.update>,
) {
  const { id: idOrSlug, version, ...given } = input;
  const row = requireProvider(context, idOrSlug);
  const patch = checkFields(context, given, row);
  const { slug } = patch;
  if (slug !== undefined && slug !== row.slug) {
    if (row.source === 'environment') {
      throw new AdminError(
        'not_allowed',
        'This provider comes from the settings, which know it by its slug: change it there.',
        { slug: 'is set in the settings' },
      );
    }
    if (findProvider(context, slug) !== undefined) throw slugTaken(slug);
  }
  await context.configuration.change(async (editor) => {
    await context.store.change(context.caller, async (write) => {
      await write.providers.update(row.id, patch, version);
      const entry = { action: 'providers.update', target: row.slug, detail: shownOf(patch) };
      return { entry, notes: PROVIDERS, result: undefined };
    });
    await editor.reloadProviders();
  });
  context.live.changed('providers');
  return providerItem(context, requireProvider(context, row.id));
}

/** Which fields, and the values of those that say where requests go. */
function shownOf(patch: ReturnType<typeof checkFields>): Record<string, unknown> {
  return {
    fields: Object.keys(patch),
    ...(patch.baseUrl !== undefined && { baseUrl: patch.baseUrl }),
    ...(patch.auth !== undefined && { auth: patch.auth }),
    ...(patch.slug !== undefined && { slug: patch.slug }),
    ...(patch.isEnabled !== undefined && { isEnabled: patch.isEnabled }),
  };
}
