'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import { keysKey, undoDeletion } from '@/lib/client/keys';
import { useErrorText } from '../shared/use-error-text';

const undoneKey = (deletionId: string) => ['undone', deletionId];

/** The deletion has been undone here, or cannot be any more. */
export function useIsUndone(deletionId: string | undefined): boolean {
  const { data } = useQuery({
    queryKey: undoneKey(deletionId ?? ''),
    queryFn: () => false,
    enabled: false,
    staleTime: Infinity,
  });
  return data === true;
}

/** Gives deleted keys back. */
export function useUndo(): (deletionId: string) => Promise<void> {
  const t = useTranslations('tasks');
  const errorText = useErrorText();
  const client = useQueryClient();
  return useCallback(
    async (deletionId: string) => {
      try {
        const { restored, lost } = await undoDeletion(deletionId);
        toast.success(t('restored', { restored }), lost > 0 ? { description: t('lost', { lost }) } : {});
      } catch (error) {
        toast.error(t('undoFailed'), { description: errorText(error) });
      }
      client.setQueryData(undoneKey(deletionId), true);
      await client.invalidateQueries({ queryKey: keysKey });
    },
    [client, errorText, t],
  );
}
