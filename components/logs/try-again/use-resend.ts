'use client';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { RequestLogItem } from '@/lib/admin/contract/logs';
import { requestLogQuery } from '@/lib/client/logs';
import { resend, type Resent } from '@/lib/client/resend';
import type { Resend } from './resend';

/** What came of it, and its row in the log once that is there. */
export interface Outcome extends Resent {
  /** Null where the log does not have it. */
  readonly row: RequestLogItem | null | undefined;
}

/** Sends a request once more, one at a time. Leaving the story stops it. */
export function useResend({ path, body }: Resend, token: string) {
  const client = useQueryClient();
  const [outcome, setOutcome] = useState<Outcome>();
  const [isRunning, setRunning] = useState(false);
  const aborter = useRef<AbortController>(undefined);
  useEffect(() => () => aborter.current?.abort(), []);

  const send = async () => {
    if (isRunning) return;
    aborter.current = new AbortController();
    setOutcome(undefined);
    setRunning(true);
    const resent = await resend({ path, body, token, signal: aborter.current.signal });
    setRunning(false);
    const { requestId } = resent;
    setOutcome({ ...resent, row: requestId === undefined ? null : undefined });
    if (requestId === undefined) return;
    const row = await client.fetchQuery(requestLogQuery(requestId)).catch(() => null);
    setOutcome({ ...resent, row });
  };
  return { outcome, isRunning, send, stop: () => aborter.current?.abort() };
}
