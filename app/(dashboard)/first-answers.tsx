import { dehydrate, HydrationBoundary, QueryClient, type QueryKey } from '@tanstack/react-query';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { withSaid } from '@/lib/admin/words/with-said';
import type { AdminContext } from '@/lib/admin/context';
import { authorise } from '@/lib/http/admin/authorise';
import { currentRuntime } from '@/lib/runtime/routes/current';
import { requireAdmin } from '@/lib/runtime/routes/require-admin';

export type SearchParams = Promise<Readonly<Record<string, string | string[] | undefined>>>;

/** The values of an address as the browser reads them: of several with one name the first. */
export async function searchOf(params: SearchParams): Promise<URLSearchParams> {
  const entries = Object.entries(await params).map(([name, value = '']) => [name, [value].flat()[0] ?? '']);
  return new URLSearchParams(entries);
}

/** So many rows of a long list fill a screen. */
export const FIRST_ROWS = 40;

/** Keeps an answer under the name that the page's question has in the browser, in the shape that it has there. */
export type Keep = (
  queryKey: QueryKey,
  ask: () => Promise<object> | object,
  shapeOf?: (answer: object) => object,
) => Promise<void>;

interface FirstAnswersProps {
  /** Answers the questions that the page will ask. What fails is left for the page to ask, which then says what is wrong. */
  readonly answer: (context: AdminContext, keep: Keep) => readonly Promise<void>[];
  readonly children: ReactNode;
}

/**
 * A document that is loaded has its first figures in it, so that they stand there before any script runs. The page asks for
 * them anew all the same: from then on they are live. Going from page to page asks for nothing here.
 */
export async function FirstAnswers({ answer, children }: FirstAnswersProps) {
  await requireAdmin();
  const sent = await headers();
  if (sent.get('sec-fetch-dest') !== 'document') return children;
  const runtime = currentRuntime();
  const { signal } = new AbortController();
  // By a link of another site one comes to the page, and it asks for itself.
  const caller = await authorise(runtime.front, { headers: sent, method: 'GET', signal }).catch(
    () => undefined,
  );
  if (caller === undefined) return children;
  const client = new QueryClient();
  const keep: Keep = async (queryKey, ask, shapeOf = askedBeforeThePage) => {
    client.setQueryData(queryKey, shapeOf(withSaid(await ask()) as object));
  };
  await Promise.allSettled(answer({ ...runtime.admin.parts, caller }, keep));
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}

/** The time of a page begins when it is asked for. */
const askedBeforeThePage = (answer: object) => ({ ...answer, askedAt: 0 });
