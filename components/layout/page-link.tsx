'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useSyncExternalStore, type ComponentProps } from 'react';
import { viewMemory } from '@/lib/client/view-memory';

interface PageLinkProps extends Omit<ComponentProps<typeof Link>, 'href' | 'prefetch'> {
  /** The page's path. */
  readonly href: string;
}

const SELDOM: ReadonlySet<string> = new Set(['/explore', '/playground']);

/** A link to a page as it was left in this tab, which holds for a new tab that is opened with it too. */
export function PageLink({ href, ...rest }: PageLinkProps) {
  const isHere = usePathname() === href;
  const left = useSyncExternalStore(
    viewMemory.subscribe,
    () => viewMemory.hrefOf(href),
    () => href,
  );
  // The address of the page that one is on changes with each filter: there is nothing to fetch ahead. And to be there at
  // once is not worth the bytes for pages that few visits lead to.
  return <Link {...rest} href={left} prefetch={isHere || SELDOM.has(href) ? false : null} />;
}
