'use client';
import { useQuery } from '@tanstack/react-query';
import { Bookmark } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { hrefOfView, viewsQuery } from '@/lib/client/views';
import type { Command } from './command';

/** The saved views of all pages. They are asked for when it opens. */
export function useViewCommands(isOpen: boolean): readonly Command[] {
  const t = useTranslations('layout.pages');
  const { data } = useQuery({ ...viewsQuery, enabled: isOpen });
  return useMemo(
    () =>
      (data?.items ?? []).map((item) => ({
        id: `view ${item.id}`,
        label: item.name,
        words: [item.page],
        hint: t(item.page),
        icon: Bookmark,
        act: () => hrefOfView(item),
      })),
    [data, t],
  );
}
