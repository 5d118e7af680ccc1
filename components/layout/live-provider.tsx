'use client';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { LiveEvent, LiveEventName } from '@/lib/admin/contract/live';
import { liveClock } from '@/lib/client/asked';
import { LiveConnection, type LiveState } from '@/lib/client/live-connection';
import { applyLive, liveEventNames, type LiveData } from '@/lib/client/live-data';
import { followedOf } from '@/lib/client/followed-query';
import { LiveFollower } from '@/lib/client/live-follower';
import { withinBounds } from '@/lib/client/live-memory';
import { tellFollower } from '@/lib/client/live-news';
import { urlOf } from '@/lib/client/request';
import { checkSession } from '@/lib/client/session';
import { serverNow, setServerTime } from '../shared/use-now';

interface Live {
  readonly state: LiveState;
  readonly data: LiveData | undefined;
}

const LiveContext = createContext<Live>({ state: { kind: 'connecting' }, data: undefined });

/** Whether what one sees is what is, and what the stream has told. */
export function useLive(): Live {
  return use(LiveContext);
}

const CHECK_MS = 250;

function createFollower(client: QueryClient): LiveFollower {
  const cache = client.getQueryCache();
  return new LiveFollower({
    now: liveClock,
    isVisible: () => document.visibilityState === 'visible',
    followed: () =>
      cache
        .findAll({ type: 'active', predicate: ({ meta }) => meta?.follows !== undefined })
        .flatMap((query) => followedOf(query, liveClock()) ?? []),
    ask: (name) =>
      void client.refetchQueries(
        { type: 'active', predicate: ({ queryHash }) => queryHash === name },
        { cancelRefetch: false },
      ),
  });
}

interface Listeners {
  readonly onState: (state: LiveState) => void;
  readonly onData: (change: (data: LiveData | undefined) => LiveData | undefined) => void;
}

function connect(
  client: QueryClient,
  follower: LiveFollower,
  { onState, onData }: Listeners,
): LiveConnection {
  let known: LiveData | undefined;
  return new LiveConnection(liveEventNames, {
    open: () => new EventSource(urlOf('live.follow', {})),
    now: serverNow,
    random: Math.random,
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    onEvent: (name, event) => {
      if (name === 'snapshot') setServerTime((event as LiveEvent<'snapshot'>).at);
      tellFollower(follower, name as LiveEventName, event as LiveEvent, known, liveClock());
      known = applyLive(known, name as LiveEventName, event as LiveEvent, liveClock());
      if (known !== undefined) known = withinBounds(client, known);
      onData(() => known);
      follower.check();
    },
    onState: (state) => {
      follower.streaming(state.kind === 'live');
      onState(state);
    },
    onBreak: () => void checkSession(),
  });
}

export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [connection, setConnection] = useState<LiveState>({ kind: 'connecting' });
  const [data, setData] = useState<LiveData>();
  const [staleSince, setStaleSince] = useState<number>();
  useEffect(() => {
    const follower = createFollower(client);
    const stream = connect(client, follower, { onState: setConnection, onData: setData });
    const check = () => {
      follower.check();
      const since = follower.staleSince;
      setStaleSince((before) =>
        since === undefined ? undefined : (before ?? serverNow() - (liveClock() - since)),
      );
    };
    const wake = () => {
      if (document.visibilityState !== 'visible') return;
      stream.retryNow();
      check();
    };
    const showOrHide = () => {
      if (document.visibilityState === 'hidden') return stream.pause();
      stream.resume();
      check();
    };
    stream.start();
    if (document.visibilityState === 'hidden') stream.pause();
    const timer = setInterval(check, CHECK_MS);
    window.addEventListener('online', wake);
    document.addEventListener('visibilitychange', showOrHide);
    return () => {
      stream.close();
      clearInterval(timer);
      window.removeEventListener('online', wake);
      document.removeEventListener('visibilitychange', showOrHide);
    };
  }, [client]);
  const live = useMemo<Live>(() => {
    const isBehind = connection.kind === 'live' && staleSince !== undefined;
    return { state: isBehind ? { kind: 'stale', since: staleSince } : connection, data };
  }, [connection, staleSince, data]);
  return <LiveContext value={live}>{children}</LiveContext>;
}
