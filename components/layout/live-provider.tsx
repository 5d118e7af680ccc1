'use client';
import { createContext, use, useState, type ReactNode } from 'react';
import type { LiveState } from '@/lib/client/live-connection';

const Live = createContext<{ readonly state: LiveState }>({ state: { kind: 'connecting' } });

export function useLive() {
  return use(Live);
}

export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [state] = useState<LiveState>({ kind: 'connecting' });
  return <Live value={{ state }}>{children}</Live>;
}
