'use client';
import { useRouter } from 'next/navigation';
import { useCallback } from 'react';
import { useMayLeave } from '../layout/leave-guard';

/** Goes to another page of the dashboard, after asking where that would lose what is typed. */
export function useGo(): (href: string) => Promise<void> {
  const router = useRouter();
  const mayLeave = useMayLeave();
  return useCallback(
    async (href) => {
      if (await mayLeave()) router.push(href);
    },
    [mayLeave, router],
  );
}
