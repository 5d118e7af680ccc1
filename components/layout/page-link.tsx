'use client';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { useSyncExternalStore, type ComponentProps } from 'react';
import { viewMemory } from '@/lib/client/view-memory';

interface PageLinkProps extends Omit<ComponentProps<typeof Link>, 'href' | 'prefetch'> {
  /** The page's path. */
  readonly href: string;
}

/**
 * A link to a page as it was left in this tab, which holds for a new tab that is opened with it too. The page is
 * fetched ahead once somebody is about to go there: all of them, on each page, would weigh as much as a page's figures.
 */
export function PageLink({ href, ...rest }: PageLinkProps) {
  const router = useRouter();
  const isHere = usePathname() === href;
  const left = useSyncExternalStore(
    viewMemory.subscribe,
    () => viewMemory.hrefOf(href),
    () => href,
  );
  // The address of the page that one is on changes with each filter: there is nothing to fetch ahead.
  const prepare = isHere ? undefined : () => router.prefetch(left);
  return <Link onPointerEnter={prepare} onFocus={prepare} {...rest} href={left} prefetch={false} />;
}
