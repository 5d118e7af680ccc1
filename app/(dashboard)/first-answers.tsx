import { dehydrate, HydrationBoundary, QueryClient, type QueryKey } from '@tanstack/react-query';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import type { EndpointName } from '@/lib/admin/contract/addresses';
import type { EndpointNamed } from '@/lib/admin/contract/api';
import type { EndpointCall } from '@/lib/admin/contract/endpoint';
import { currentRuntime } from '@/lib/runtime/routes/current';
import { requireSession } from '@/lib/runtime/routes/require-session';

export type SearchParams = Promise<Readonly<Record<string, string | string[] | undefined>>>;

/** The values of an address as the browser reads them: of several with one name the first. */
export async function searchOf(params: SearchParams): Promise<URLSearchParams> {
  const entries = Object.entries(await params).map(([name, value = '']) => [name, [value].flat()[0] ?? '']);
  return new URLSearchParams(entries);
}

/** So many rows of a long list fill a screen. */
export const FIRST_ROWS = 40;

/**
 * Keeps an endpoint's answer under the name that the page's question has in the browser, in the shape that it has
 * there.
 */
export type Keep = <N extends EndpointName>(
  queryKey: QueryKey,
  name: N,
  input: EndpointCall<EndpointNamed<N>>,
  shapeOf?: (answer: object) => object,
) => Promise<void>;

interface FirstAnswersProps {
  /**
   * Answers the questions that the page will ask. What fails is left for the page to ask, which then says what is
   * wrong.
   */
  readonly answer: (keep: Keep) => readonly Promise<void>[];
  readonly children: ReactNode;
}

/**
 * A document that is loaded has its first figures in it, so that they stand there before any script runs. The page asks
 * for them anew all the same: from then on they are live. Going from page to page asks for nothing here.
 */
export async function FirstAnswers({ answer, children }: FirstAnswersProps) {
  await requireSession();
  const sent = await headers();
  // Always with something around it: another language asks for the page again, and it must not begin anew then.
  const alone = <HydrationBoundary state={null}>{children}</HydrationBoundary>;
  if (sent.get('sec-fetch-dest') !== 'document') return alone;
  // By a link of another site one comes to the page, and it asks for itself.
  const { adminApi } = currentRuntime().front;
  const ask = await adminApi.enter(sent).catch(() => undefined);
  if (ask === undefined) return alone;
  const client = new QueryClient();
  const keep: Keep = async (queryKey, name, input, shapeOf = askedBeforeThePage) => {
    client.setQueryData(queryKey, shapeOf((await ask(name, input)) as object));
  };
  await Promise.allSettled(answer(keep));
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}

/** The time of a page begins when it is asked for. */
const askedBeforeThePage = (answer: object) => ({ ...answer, askedAt: 0 });
