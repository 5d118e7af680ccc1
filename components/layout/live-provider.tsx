'use client';
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useState, type ReactNode } from 'react';
import type { LiveEvent, LiveEventName } from '@/lib/admin/contract/live';
import { LiveCache, liveKey } from '@/lib/client/live-cache';
import { LiveConnection, type LiveState } from '@/lib/client/live-connection';
import { liveEventNames, type LiveData } from '@/lib/client/live-data';
import { checkSession } from '@/lib/client/session';
import { setServerTime } from '../shared/use-now';

interface Live {
  readonly state: LiveState;
  readonly data: LiveData | undefined;
}

const LiveContext = createContext<LiveState>({ kind: 'connecting' });

/** Whether the stream is up, and what it has told. */
export function useLive(): Live {
  const state = use(LiveContext);
  const { data } = useQuery<LiveData>({ queryKey: liveKey, enabled: false });
  return { state, data };
}

const REFETCH_MS = 2_000;

/** Asks for a list anew at once, then no more often than every two seconds. */
function createRefetcher(client: QueryClient): (queryKey: readonly unknown[]) => void {
  const waiting = new Map<string, boolean>();
  const run = (name: string, queryKey: readonly unknown[]) => {
    waiting.set(name, false);
    void client.invalidateQueries({ queryKey });
    setTimeout(() => {
      if (waiting.get(name) === true) run(name, queryKey);
      else waiting.delete(name);
    }, REFETCH_MS);
  };
  return (queryKey) => {
    const name = JSON.stringify(queryKey);
    if (waiting.has(name)) waiting.set(name, true);
    else run(name, queryKey);
  };
}

function connect(client: QueryClient, onState: (state: LiveState) => void): LiveConnection {
  const cache = new LiveCache(client, createRefetcher(client));
  return new LiveConnection(liveEventNames, {
    open: () => new EventSource('/api/admin/live'),
    now: Date.now,
    random: Math.random,
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    onEvent: (name, data) => {
      if (name === 'snapshot') setServerTime((data as LiveEvent<'snapshot'>).at);
      cache.take(name as LiveEventName, data as LiveEvent);
    },
    onState,
    onBreak: () => void checkSession(),
  });
}

export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>({ kind: 'connecting' });
  useEffect(() => {
    const connection = connect(client, setState);
    const wake = () => document.visibilityState === 'visible' && connection.retryNow();
    connection.start();
    window.addEventListener('online', wake);
    document.addEventListener('visibilitychange', wake);
    return () => {
      connection.close();
      window.removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', wake);
    };
  }, [client]);
  return <LiveContext value={state}>{children}</LiveContext>;
}
