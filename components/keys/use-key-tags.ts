'use client';
import { useQuery } from '@tanstack/react-query';
import type { KeyTag } from '@/lib/admin/contract/keys';
import { keyTagsQuery } from '@/lib/client/keys';

const none: readonly KeyTag[] = [];

/** The tags that keys have, those of most keys first; none until they are known. */
export function useKeyTags(): readonly KeyTag[] {
  return useQuery(keyTagsQuery).data?.items ?? none;
}
