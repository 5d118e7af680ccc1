'use client';
import { useQuery } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { TaskItem } from '@/lib/admin/contract/tasks';
import { providersQuery } from '@/lib/client/providers';
import { verificationOf } from '@/lib/client/tasks';
import { ConnectPanel } from '../connect/connect-panel';
import { useChatModels } from '../connect/use-chat-models';
import { ImportProgress } from '../keys/import-progress';
import { TestResult, useKeyTest } from '../keys/test-result';
import { useMayLeave } from '../layout/leave-guard';
import { useSaid } from '../shared/use-said';
import { Button } from '../ui/button';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { useUnsavedInput } from '../ui/unsaved-input';
import { cn } from '../ui/class-names';
import { isTyped } from './guide-cards';
import { GuideKeys } from './guide-keys';
import { guideMemory, type GuidePlace } from './guide-memory';

interface FirstRunProps {
  readonly hasKeys: boolean;
  readonly onDone: () => void;
}

/** From nothing to the first answer, without leaving the page. A reload goes on where it was. */
export function FirstRun({ hasKeys: hasAnyKeys, onDone }: FirstRunProps) {
  const t = useTranslations('overview.firstRun');
  const [place, setPlace] = useState(() => guideMemory.read());
  const [hasAnswer, setHasAnswer] = useState(false);
  const [isAddingMore, setAddingMore] = useState(false);
  const [text, setText] = useState('');
  const [failure, setFailure] = useState<string>();
  const said = useSaid();
  const mayLeave = useMayLeave();
  const { data, error, refetch } = useQuery(providersQuery);
  const test = useKeyTest(place.verification);
  const remember = (patch: Partial<GuidePlace>) => {
    const next = { ...place, ...patch };
    setPlace(next);
    guideMemory.keep(next);
  };
  const providers = data?.items ?? [];
  const provider =
    providers.find(({ slug, keys }) => slug === place.provider && keys.total > 0) ??
    providers.find(({ keys }) => keys.total > 0);
  const { count } = useChatModels(provider);
  const hasKeys = hasAnyKeys || provider !== undefined;
  const isAdding = place.adding !== '';
  // Keys may come from elsewhere meanwhile: what was pasted here stays.
  const isOpen = !isAdding && (!hasKeys || isAddingMore || test.isBad || isTyped(text));
  useUnsavedInput(isOpen && isTyped(text));
  const endAdding = (task: TaskItem | undefined) => {
    const isFailed = task?.state === 'failed';
    if (!isFailed) setText('');
    setFailure(isFailed ? said(task, 'error') : undefined);
    remember({ adding: '', verification: task === undefined ? '' : verificationOf(task) });
  };
  return (
    <section className="mx-auto grid w-full max-w-3xl min-w-0 gap-3" aria-label={t('title')}>
      <div className="flex flex-wrap items-end justify-between gap-2">
        <div className="min-w-0">
          <h2 className="text-lg font-semibold">{t('title')}</h2>
          <p className="text-ink-soft">{t('hint')}</p>
        </div>
        <Button
          look={hasAnswer ? 'primary' : 'ghost'}
          onClick={() => void mayLeave().then((isYes) => isYes && onDone())}
        >
          {hasAnswer ? t('done') : t('skip')}
        </Button>
      </div>
      <Step
        number={1}
        title={t('keys')}
        isDone={hasKeys && !isAdding && !test.isBad}
        isOpen={isOpen || isAdding || test.task !== undefined}
        aside={
          !isOpen &&
          !isAdding && (
            <Button look="link" size="inline" onClick={() => setAddingMore(true)}>
              {t('addMore')}
            </Button>
          )
        }
      >
        <div className="grid gap-4">
          {isAdding && <ImportProgress key={place.adding} id={place.adding} onEnd={endAdding} />}
          {!isAdding && <TestResult test={test} modelCount={count} />}
          {test.isBad && <p className="text-sm text-ink-soft">{t('allRefused')}</p>}
          {isOpen && data === undefined && error !== null && (
            <ErrorState error={error} onRetry={() => void refetch()} />
          )}
          {isOpen && data === undefined && error === null && <SkeletonRows rows={4} />}
          {isOpen && data !== undefined && (
            <GuideKeys
              providers={providers}
              place={place}
              text={text}
              onText={setText}
              failure={failure}
              onPlace={remember}
              onAdded={({ provider: slug, adding, verification }) => {
                // What is not added yet may have to be tried again.
                if (adding === '') setText('');
                setFailure(undefined);
                remember({ provider: slug, adding, verification });
                setAddingMore(false);
              }}
            />
          )}
        </div>
      </Step>
      <Step number={2} title={t('answer')} isDone={hasAnswer} isOpen={hasKeys}>
        <ConnectPanel provider={provider?.slug ?? ''} onSuccess={() => setHasAnswer(true)} />
      </Step>
    </section>
  );
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly isDone: boolean;
  readonly isOpen: boolean;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

function Step({ number, title, isDone, isOpen, aside, children }: StepProps) {
  const t = useTranslations('overview.firstRun');
  return (
    <div className="min-w-0 rounded-lg border border-line bg-surface">
      <div className="flex items-center justify-between gap-3 px-4 py-3">
        <h3 className={cn('flex items-center gap-2.5 font-semibold', !isOpen && 'text-ink-soft')}>
          <span
            className={cn(
              'grid size-5 shrink-0 place-items-center rounded-full text-2xs',
              isDone ? 'bg-good-soft text-good' : 'bg-accent-soft text-accent',
            )}
          >
            {isDone ? <Check className="size-3" strokeWidth={3} aria-hidden /> : number}
          </span>
          {title}
          {isDone && <span className="sr-only">{t('stepDone')}</span>}
        </h3>
        {aside}
      </div>
      {isOpen && <div className="border-t border-line p-4">{children}</div>}
    </div>
  );
}
