'use client';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { useClientToken } from '../connect/use-client-token';
import { useIsMounted } from '../shared/use-is-mounted';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';
import { PlaygroundDesk } from './playground-desk';
import { useModelChoices } from './use-model-choices';

/** A chat with any model or route, through the gateway as a client would have it. */
export function PlaygroundPage() {
  const isMounted = useIsMounted();
  // What was said before is known to the browser alone.
  return isMounted ? <MountedPlayground /> : <Loading />;
}

function Loading() {
  return (
    <div className="grid gap-3 lg:grid-cols-[minmax(0,1fr)_23rem]">
      <Skeleton className="h-96" />
      <Skeleton className="h-96" />
    </div>
  );
}

function MountedPlayground() {
  const t = useTranslations('playground');
  const [isListWanted, setListWanted] = useState(false);
  const choices = useModelChoices(isListWanted);
  const token = useClientToken(t('tokenName'));
  if (!choices.isKnown) {
    return choices.error === null ? (
      <Loading />
    ) : (
      <ErrorState error={choices.error} onRetry={choices.retry} />
    );
  }
  return <PlaygroundDesk choices={choices} token={token} onListWanted={() => setListWanted(true)} />;
}
