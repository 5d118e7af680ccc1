import type { EndpointInput } from '../contract/endpoint';
import type { providersApi } from '../contract/providers';
import { recordChange } from '../audit/record';
import type { AdminContext } from '../context';
import { AdminError } from '../error';
import { checkFields } from './check';
import { slugTaken } from './create';
import { findProvider, requireProvider } from './find';
import { providerItem } from './provider-item';

/** Changes what is given; refuses with `conflict` if somebody else was quicker. */
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
    await context.store.providers.update(row.id, patch, version);
    await editor.reloadProviders();
  });
  context.live.changed('providers');
  await recordChange(context, {
    action: 'providers.update',
    target: row.slug,
    detail: {
      fields: Object.keys(patch),
      ...(patch.baseUrl !== undefined && { baseUrl: patch.baseUrl }),
      ...(slug !== undefined && { slug }),
      ...(patch.isEnabled !== undefined && { isEnabled: patch.isEnabled }),
    },
  });
  return providerItem(context, requireProvider(context, row.id));
}
