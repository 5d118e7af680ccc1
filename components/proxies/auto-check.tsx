'use client';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import { useLive } from '../layout/live-provider';
import { Countdown } from '../shared/time';
import { textLinkLook } from '../ui/looks';

const JOB = 'probe-egress';

/** Whether the proxies are tested regularly, and when next. */
export function AutoCheck() {
  const t = useTranslations('proxies');
  const job = useLive().data?.jobs.find(({ name }) => name === JOB);
  if (job === undefined) return null;
  return (
    <span className="ml-auto">
      {job.isRunning ? (
        t('autoRunning')
      ) : job.nextRunAt === null ? (
        t('autoOff')
      ) : (
        <>
          {t('autoNext')} <Countdown until={job.nextRunAt} />
        </>
      )}{' '}
      <Link prefetch={false} href="/settings?find=PROXY_" className={textLinkLook}>
        {t('autoChange')}
      </Link>
    </span>
  );
}
