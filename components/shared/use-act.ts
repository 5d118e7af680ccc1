'use client';
import { useCallback } from 'react';
import { toast } from 'sonner';
import { useErrorText } from './use-error-text';

/** Does something and says so when it fails. Resolves with the result; undefined after a failure. */
export function useAct(): <T>(work: () => Promise<T>, failureTitle: string) => Promise<T | undefined> {
  const errorText = useErrorText();
  return useCallback(
    async (work, failureTitle) => {
      try {
        return await work();
      } catch (error) {
        toast.error(failureTitle, { description: errorText(error) });
        return undefined;
      }
    },
    [errorText],
  );
}
