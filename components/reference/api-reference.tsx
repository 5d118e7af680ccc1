'use client';
import Link from 'next/link';
import { useTheme } from 'next-themes';
import { useEffect, useRef } from 'react';
import 'swagger-ui-dist/swagger-ui.css';
import { urlOf } from '@/lib/client/request';

/**
 * The description of the admin API as a page to read and to try. The library comes from this server, as all scripts do,
 * and asks no other: its validator, which is elsewhere, is off.
 */
export function ApiReference({ back }: { readonly back: string }) {
  const place = useRef<HTMLElement>(null);
  useDarkMode();
  useEffect(() => {
    let isGone = false;
    void import('swagger-ui-dist/swagger-ui-es-bundle.js').then(({ default: show }) => {
      if (isGone) return;
      show({
        domNode: place.current,
        url: urlOf('openapi.read', {}),
        validatorUrl: null,
        deepLinking: true,
        docExpansion: 'list',
        filter: true,
      });
    });
    return () => {
      isGone = true;
    };
  }, []);
  return (
    <div className="min-h-dvh bg-white dark:bg-[#1c2022]">
      <nav className="mx-auto max-w-[1460px] px-5 pt-4 text-sm">
        <Link
          href="/settings"
          prefetch={false}
          className="inline-flex min-h-6 items-center underline underline-offset-4 hover:text-ink"
        >
          {back}
        </Link>
      </nav>
      <main ref={place} className="[&_.title]:leading-tight" />
    </div>
  );
}

/** The library's own name for the dark theme of the dashboard. */
function useDarkMode(): void {
  const { resolvedTheme } = useTheme();
  useEffect(() => {
    const { classList } = document.documentElement;
    classList.toggle('dark-mode', resolvedTheme === 'dark');
    return () => classList.remove('dark-mode');
  }, [resolvedTheme]);
}
