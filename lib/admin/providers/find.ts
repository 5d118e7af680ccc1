import type { ProviderRow } from '../../store/rows';
import type { AdminContext } from '../context';
import { notFound } from '../error';

/** By id or slug. */
export function findProvider(
  { configuration }: Pick<AdminContext, 'configuration'>,
  idOrSlug: string,
): ProviderRow | undefined {
  const slug = idOrSlug.toLowerCase();
  return configuration.inventory.providers.find((row) => row.id === idOrSlug || row.slug === slug);
}

/** Throws `not_found`. */
export function requireProvider(context: Pick<AdminContext, 'configuration'>, idOrSlug: string): ProviderRow {
  const provider = findProvider(context, idOrSlug);
  if (provider === undefined) throw notFound('provider');
  return provider;
}
