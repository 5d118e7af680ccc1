'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import { keyFailuresQuery } from '@/lib/client/keys';
import { Section } from '../shared/section';
import { StatusCode } from '../shared/status-code';
import { TimeAgo } from '../shared/time';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { useSaid } from '../shared/use-said';

/** The key's last errors, each with the way to its whole story. */
export function KeyFailures({ id }: { readonly id: string }) {
  const t = useTranslations('keys.failures');
  const said = useSaid();
  const { data, error, refetch } = useQuery(keyFailuresQuery(id));
  return (
    <Section
      title={t('title')}
      aside={
        <Link href={`/logs?keyId=${id}`} className="hit text-xs text-accent hover:underline">
          {t('allRequests')}
        </Link>
      }
    >
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={3} />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : data.items.length === 0 ? (
        <p className="text-xs text-ink-soft">{t('none')}</p>
      ) : (
        <ul className="divide-y divide-line rounded-md border border-line">
          {data.items.map((failure) => (
            <li key={failure.id}>
              <Link
                href={`/logs?log=${failure.requestLogId}`}
                className="grid grid-cols-[auto_1fr_auto] items-center gap-x-3 px-3 py-2 text-xs hover:bg-sunken"
              >
                <StatusCode status={failure.status} outcome={failure.verdict} />
                <span className="min-w-0 truncate">{said(failure, 'message')}</span>
                <span className="text-ink-faint">
                  <TimeAgo at={failure.at} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
