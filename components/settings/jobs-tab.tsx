'use client';
import { useQueryClient } from '@tanstack/react-query';
import { Play } from 'lucide-react';
import type { JobItem } from '@/lib/admin/contract/jobs';
import { useTranslations } from '@/i18n/use-translations';
import { formatDuration } from '@/lib/client/format';
import { jobsKey, runJob } from '@/lib/client/jobs';
import { Countdown, TimeAgo } from '../shared/time';
import { useJobs } from '../shared/use-live-answers';
import { useAct } from '../shared/use-act';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { Table, Td, Th, Tr } from '../ui/table';
import { useSaid } from '../shared/use-said';

/** What is done regularly, how it went, and when it is done next. */
export function JobsTab() {
  const t = useTranslations('jobs');
  const { data, error, refetch } = useJobs();
  return (
    <Card title={t('title')} bodyClassName="p-0">
      {data === undefined ? (
        error === null ? (
          <SkeletonRows rows={5} className="p-4" />
        ) : (
          <ErrorState error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <Table label={t('title')}>
          <thead>
            <tr>
              <Th>{t('columns.job')}</Th>
              <Th>{t('columns.lastRun')}</Th>
              <Th className="text-right">{t('columns.duration')}</Th>
              <Th>{t('columns.result')}</Th>
              <Th className="text-right">{t('columns.next')}</Th>
              <Th>
                <span className="sr-only">{t('run')}</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {data.map((job) => (
              <JobRow key={job.name} job={job} />
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}

interface JobProps {
  readonly job: JobItem;
}

function JobRow({ job }: JobProps) {
  const t = useTranslations('jobs');
  const client = useQueryClient();
  const act = useAct();
  const title = t.has(`names.${job.name}` as never) ? t(`names.${job.name}` as never) : job.name;
  const run = async () => {
    await act(() => runJob(job.name), t('runFailed'));
    await client.invalidateQueries({ queryKey: jobsKey });
  };
  return (
    <Tr>
      <Td>
        <span className="block font-medium whitespace-nowrap">{title}</span>
        <span className="block font-mono text-2xs text-ink-faint">{job.name}</span>
      </Td>
      <Td label={t('columns.lastRun')} className="whitespace-nowrap text-ink-soft">
        <TimeAgo at={job.lastRunAt} />
      </Td>
      <Td label={t('columns.duration')} className="text-right whitespace-nowrap text-ink-soft">
        {job.lastDurationMs === null ? '–' : formatDuration(job.lastDurationMs)}
      </Td>
      <Td className="min-w-48 break-words [overflow-wrap:anywhere]">
        <LastResult job={job} />
      </Td>
      <Td label={t('columns.next')} className="text-right whitespace-nowrap">
        <NextRun job={job} />
      </Td>
      <Td className="text-right">
        <Button
          size="sm"
          needs="jobs.run"
          isBusy={job.isRunning}
          aria-label={t('runName', { name: title })}
          onClick={() => void run()}
        >
          <Play aria-hidden />
          {t('run')}
        </Button>
      </Td>
    </Tr>
  );
}

function LastResult({ job: { lastResult } }: JobProps) {
  const said = useSaid();
  if (lastResult === null) return <span className="text-ink-faint">–</span>;
  return <span className={lastResult.ok ? 'text-ink-soft' : 'text-bad'}>{said(lastResult, 'text')}</span>;
}

function NextRun({ job }: JobProps) {
  const t = useTranslations('jobs');
  if (job.isRunning) return <Badge tone="accent">{t('running')}</Badge>;
  if (job.nextRunAt === null) return <span className="text-ink-faint">{t('off')}</span>;
  return <Countdown until={job.nextRunAt} />;
}
