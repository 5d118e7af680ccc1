'use client';
import { useQuery } from '@tanstack/react-query';
import type { LimitsItem } from '@/lib/admin/contract/limits';
import { providersQuery } from '@/lib/client/providers';

/** What the provider's keys may use that have no limits of their own; null for no limits. */
export function useProviderLimits(slug: string): LimitsItem | null {
  const { data } = useQuery(providersQuery);
  return data?.items.find((provider) => provider.slug === slug)?.limits ?? null;
}
