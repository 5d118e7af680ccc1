'use client';
import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useSyncExternalStore } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { AttentionItem } from '@/lib/admin/contract/stats';
import { attentionQuery } from '@/lib/client/stats';
import { attentionHref, INCIDENTS } from '../overview/attention-href';
import { AttentionSentence } from '../overview/attention-sentence';
import { attentionTones } from '../overview/attention-tones';
import { Mark } from '../ui/badge';
import { useTabMark } from './use-tab-mark';

const OVERVIEW = '/';

const never = () => () => undefined;

/**
 * What is out now, on every page: the worst in one sentence, and how many others there are. It comes when the document
 * has come to life: a page that brings the same figures with it must be the first to use them.
 */
export function Trouble() {
  const isAlive = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return isAlive ? <TroubleNow /> : null;
}

function TroubleNow() {
  const path = usePathname();
  const { data } = useQuery(attentionQuery);
  const items = (data?.items ?? []).filter(({ severity }) => severity !== 'low');
  useTabMark(items.length > 0);
  const [worst] = items;
  // The overview has a card that tells all.
  if (worst === undefined || path === OVERVIEW) return null;
  return <Sentence worst={worst} others={items.length - 1} />;
}

function Sentence({ worst, others }: { readonly worst: AttentionItem; readonly others: number }) {
  const t = useTranslations('layout.trouble');
  return (
    <nav
      aria-label={t('title')}
      data-trouble
      className="mx-2 flex min-w-0 items-center gap-2 text-sm md:mx-4"
    >
      <Link
        prefetch={false}
        href={attentionHref(worst)}
        className="flex h-7 min-w-0 items-center gap-2 rounded-md px-1.5 hover:bg-sunken"
      >
        <Mark tone={attentionTones[worst.severity]} />
        <span aria-hidden className="md:hidden">
          {others + 1}
        </span>
        <span className="truncate max-md:sr-only">
          <AttentionSentence item={worst} />
        </span>
      </Link>
      {others > 0 && (
        <Link
          prefetch={false}
          href={OVERVIEW}
          className="inline-flex h-7 shrink-0 items-center rounded-md px-1.5 text-ink-soft hover:bg-sunken max-md:hidden"
        >
          <span aria-hidden>+{others}</span>
          <span className="sr-only">{t('others', { count: others })}</span>
        </Link>
      )}
      <Link
        prefetch={false}
        href={INCIDENTS}
        aria-label={t('past')}
        title={t('past')}
        className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-soft hover:bg-sunken max-md:hidden"
      >
        <History className="size-4" aria-hidden />
      </Link>
    </nav>
  );
}
