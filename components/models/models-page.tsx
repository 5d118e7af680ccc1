'use client';
import { Plus, Route } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import type { RoutesAnswer } from '@/lib/admin/contract/routes';
import { useSaid } from '../shared/use-said';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { ErrorState } from '../ui/error-state';
import { Skeleton } from '../ui/skeleton';
import { RouteCard } from './route-card';
import { RouteDialog } from './route-dialog';
import { useOpenedRoute } from './use-opened-route';
import { useRoutes } from './use-routes';

export function ModelsPage() {
  const t = useTranslations('models');
  const routes = useRoutes();
  const { data, error, refetch } = routes;
  const { opened, open } = useOpenedRoute(data);

  if (data === undefined) {
    return error === null ? (
      <Skeleton className="h-32" />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  const { items } = data;
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-xs text-ink-soft">{t('count', { count: items.length })}</p>
        <Button look="primary" needs="routes.replace" onClick={() => open({ open: 'new' })}>
          <Plus aria-hidden />
          {t('add')}
        </Button>
      </div>
      <SourceNote answer={data} />
      {items.length === 0 ? (
        <EmptyState icon={Route} title={t('empty')}>
          {t('emptyHint')}
        </EmptyState>
      ) : (
        <ul className="grid gap-3">
          {items.map((route, index) => (
            <RouteCard
              key={route.name}
              route={route}
              place={{ index, count: items.length }}
              routes={routes}
              onEdit={() => open({ open: 'edit', route: route.name })}
            />
          ))}
        </ul>
      )}
      <RouteDialog
        isOpen={opened !== undefined}
        route={opened?.index === undefined ? undefined : items[opened.index]}
        onSave={(draft) => routes.save(opened?.index, draft, opened?.revision ?? data.revision)}
        onClose={() => open({ open: '', route: '' })}
      />
    </div>
  );
}

/** Where the routes come from, if not from here, and what is wrong with those that are written there. */
function SourceNote({ answer }: { readonly answer: RoutesAnswer }) {
  const t = useTranslations('models');
  const said = useSaid();
  const { source, problem } = answer;
  return (
    <>
      {(source === 'environment' || source === 'file') && (
        <p className="rounded-md bg-sunken px-3 py-2 text-xs text-ink-soft">{t(`sources.${source}`)}</p>
      )}
      {problem !== null && (
        <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm wrap-anywhere text-bad">
          {said(answer, 'problem')}
        </p>
      )}
    </>
  );
}
