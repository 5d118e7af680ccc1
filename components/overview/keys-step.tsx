'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { providersQuery } from '@/lib/client/providers';
import { useChatModels } from '../connect/use-chat-models';
import { ImportProgress } from '../keys/import-progress';
import { TestResult } from '../keys/test-result';
import { Button } from '../ui/button';
import { ErrorState } from '../ui/error-state';
import { SkeletonRows } from '../ui/skeleton';
import { GuideKeys } from './guide-keys';
import { GuideStep } from './guide-step';
import type { Guide } from './use-guide-place';
import { useKeysStep, type KeysStepState } from './use-keys-step';

interface KeysStepProps {
  readonly guide: Guide;
  readonly hasKeys: boolean;
  /** The provider whose models are counted; undefined while none has keys. */
  readonly provider: ProviderItem | undefined;
}

/** Keys are pasted, added and tested. */
export function KeysStep({ guide, hasKeys, provider }: KeysStepProps) {
  const t = useTranslations('overview.firstRun');
  const step = useKeysStep(guide, hasKeys);
  const { count } = useChatModels(provider);
  const { test, isAdding, isOpen } = step;
  const { adding } = guide.place;
  return (
    <GuideStep
      number={1}
      title={t('keys')}
      isDone={hasKeys && !isAdding && !test.isBad}
      isOpen={isOpen || isAdding || test.task !== undefined}
      aside={
        !isOpen &&
        !isAdding && (
          <Button look="link" size="inline" onClick={step.addMore}>
            {t('addMore')}
          </Button>
        )
      }
    >
      <div className="grid gap-4">
        {isAdding && <ImportProgress key={adding} id={adding} onEnd={step.endAdding} />}
        {!isAdding && <TestResult test={test} modelCount={count} />}
        {test.isBad && <p className="text-sm text-ink-soft">{t('allRefused')}</p>}
        {isOpen && <PasteKeys guide={guide} step={step} />}
      </div>
    </GuideStep>
  );
}

interface PasteKeysProps {
  readonly guide: Guide;
  readonly step: KeysStepState;
}

function PasteKeys({ guide, step }: PasteKeysProps) {
  const { data, error, refetch } = useQuery(providersQuery);
  if (data !== undefined) return <GuideKeys providers={data.items} guide={guide} step={step} />;
  return error === null ? (
    <SkeletonRows rows={4} />
  ) : (
    <ErrorState error={error} onRetry={() => void refetch()} />
  );
}
