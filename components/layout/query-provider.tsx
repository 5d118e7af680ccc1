'use client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ApiError } from '@/lib/client/api-error';

const RETRIES_MAX = 2;

/** Only what may heal by itself is asked again. */
function isWorthRetrying(failureCount: number, error: Error): boolean {
  const status = error instanceof ApiError ? error.status : 0;
  return failureCount < RETRIES_MAX && (status === 0 || status >= 500);
}

function createClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // What changes is told by the live stream; the rest says its own times.
      queries: { staleTime: 15_000, retry: isWorthRetrying, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}

export function QueryProvider({ children }: { readonly children: ReactNode }) {
  const [client] = useState(createClient);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
