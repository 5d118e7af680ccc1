'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RouteItem } from '@/lib/admin/contract/routes';
import { codeOf } from '@/lib/client/api-error';
import { answered } from '@/lib/client/asked';
import { replaceRoutes, routesQuery } from '@/lib/client/model-routes';
import { settingsKey } from '@/lib/client/settings';
import { draftOf, entryOf, type RouteDraft } from './route-draft';

const none: readonly RouteItem[] = [];

/** The routes, and how they are changed: all at once, on what is shown. Changes reject as the API does. */
export function useRoutes() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(routesQuery);
  const [isSaving, setSaving] = useState(false);
  const routes = data?.items ?? none;

  const replace = async (drafts: readonly RouteDraft[], revision = data?.revision ?? 0) => {
    setSaving(true);
    try {
      const answer = await replaceRoutes(revision, drafts.map(entryOf));
      client.setQueryData(routesQuery.queryKey, answered(answer));
      await client.invalidateQueries({ queryKey: settingsKey });
    } catch (failure) {
      if (codeOf(failure) === 'conflict') await refetch();
      throw failure;
    } finally {
      setSaving(false);
    }
  };
  const drafts = routes.map(draftOf);
  return {
    data,
    error,
    refetch,
    isSaving,
    /** `index`: which one, as things stood at `revision`; undefined is a new one, at the end. */
    save: (index: number | undefined, draft: RouteDraft, revision: number) =>
      replace(index === undefined ? [...drafts, draft] : drafts.with(index, draft), revision),
    remove: (index: number) => replace(drafts.filter((_, at) => at !== index)),
    move: (index: number, step: -1 | 1) => {
      const order = [...drafts];
      order.splice(index + step, 0, ...order.splice(index, 1));
      return replace(order);
    },
  };
}

export type Routes = ReturnType<typeof useRoutes>;
