'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { providersQuery } from '@/lib/client/providers';
import { ConnectPanel } from '../connect/connect-panel';
import { useMayLeave } from '../layout/leave-guard';
import { Button } from '../ui/button';
import { GuideStep } from './guide-step';
import { KeysStep } from './keys-step';
import { useGuidePlace } from './use-guide-place';

interface FirstRunProps {
  readonly hasKeys: boolean;
  readonly onDone: () => void;
}

/** From nothing to the first answer, without leaving the page. */
export function FirstRun({ hasKeys: hasAnyKeys, onDone }: FirstRunProps) {
  const t = useTranslations('overview.firstRun');
  const [hasAnswer, setHasAnswer] = useState(false);
  const guide = useGuidePlace();
  const { data } = useQuery(providersQuery);
  const provider = providerWithKeys(data?.items ?? [], guide.place.provider);
  const hasKeys = hasAnyKeys || provider !== undefined;
  return (
    <section className="mx-auto grid w-full max-w-3xl min-w-0 gap-3" aria-label={t('title')}>
      <GuideHead hasAnswer={hasAnswer} onDone={onDone} />
      <KeysStep guide={guide} hasKeys={hasKeys} provider={provider} />
      <GuideStep number={2} title={t('answer')} isDone={hasAnswer} isOpen={hasKeys}>
        <ConnectPanel provider={provider?.slug ?? ''} onSuccess={() => setHasAnswer(true)} />
      </GuideStep>
    </section>
  );
}

function providerWithKeys(providers: readonly ProviderItem[], wanted: string): ProviderItem | undefined {
  const withKeys = providers.filter(({ keys }) => keys.total > 0);
  return withKeys.find(({ slug }) => slug === wanted) ?? withKeys[0];
}

interface GuideHeadProps {
  readonly hasAnswer: boolean;
  readonly onDone: () => void;
}

function GuideHead({ hasAnswer, onDone }: GuideHeadProps) {
  const t = useTranslations('overview.firstRun');
  const mayLeave = useMayLeave();
  return (
    <div className="flex flex-wrap items-end justify-between gap-2">
      <div className="min-w-0">
        <h2 className="text-lg font-semibold">{t('title')}</h2>
        <p className="text-ink-soft">
          {t('hint')}{' '}
          <Link prefetch={false} href="/settings?tab=moving-in" className="underline underline-offset-4">
            {t('moveIn')}
          </Link>
        </p>
      </div>
      <Button
        look={hasAnswer ? 'primary' : 'ghost'}
        onClick={() => void mayLeave().then((isYes) => isYes && onDone())}
      >
        {hasAnswer ? t('done') : t('skip')}
      </Button>
    </div>
  );
}
