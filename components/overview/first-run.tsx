'use client';
import { Check } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, type ReactNode } from 'react';
import { ConnectSnippets } from '../connect/connect-snippets';
import { TokenField } from '../connect/token-field';
import { TryRequest } from '../connect/try-request';
import { ImportForm } from '../keys/import-dialog';
import { ProviderDialog } from '../providers/provider-dialog';
import { Button } from '../ui/button';
import { cn } from '../ui/class-names';

interface FirstRunProps {
  readonly hasKeys: boolean;
  readonly onDone: () => void;
}

/** From nothing to the first answer, without leaving the page. */
export function FirstRun({ hasKeys, onDone }: FirstRunProps) {
  const t = useTranslations('overview.firstRun');
  const [token, setToken] = useState('');
  const [model, setModel] = useState('');
  const [hasAnswer, setHasAnswer] = useState(false);
  const [isAddingProvider, setAddingProvider] = useState(false);
  const [isAddingMore, setAddingMore] = useState(false);
  return (
    <section className="mx-auto grid w-full max-w-3xl gap-3" aria-label={t('title')}>
      <div className="flex flex-wrap items-end justify-between gap-2">
        <div>
          <h2 className="text-lg font-semibold">{t('title')}</h2>
          <p className="text-ink-soft">{t('hint')}</p>
        </div>
        {hasKeys && (
          <Button look={hasAnswer ? 'primary' : 'ghost'} onClick={onDone}>
            {hasAnswer ? t('done') : t('skip')}
          </Button>
        )}
      </div>
      <Step
        number={1}
        title={t('keys')}
        isDone={hasKeys}
        isOpen={!hasKeys || isAddingMore}
        aside={
          hasKeys &&
          !isAddingMore && (
            <Button look="link" size="inline" onClick={() => setAddingMore(true)}>
              {t('addMore')}
            </Button>
          )
        }
      >
        <p className="mb-3 text-xs text-ink-soft">
          {t('keysHint')}{' '}
          <Button look="link" size="inline" onClick={() => setAddingProvider(true)}>
            {t('otherProvider')}
          </Button>
        </p>
        <ImportForm isOpen onOpenChange={setAddingMore} provider="" />
        <ProviderDialog isOpen={isAddingProvider} onOpenChange={setAddingProvider} provider={undefined} />
      </Step>
      <Step number={2} title={t('connect')} isDone={token !== ''} isOpen={hasKeys}>
        <div className="grid gap-4">
          <TokenField value={token} onChange={setToken} />
          <ConnectSnippets path="/v1" token={token} model={model} />
        </div>
      </Step>
      <Step number={3} title={t('try')} isDone={hasAnswer} isOpen={hasKeys}>
        <TryRequest
          path="/v1"
          token={token}
          model={model}
          onModel={setModel}
          onSuccess={() => setHasAnswer(true)}
        />
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
    <div className="rounded-lg border border-line bg-surface">
      <div className="flex items-center justify-between gap-3 px-4 py-3">
        <h3 className={cn('flex items-center gap-2.5 font-semibold', !isOpen && 'text-ink-soft')}>
          <span
            className={cn(
              'grid size-5 place-items-center rounded-full text-2xs',
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
