'use client';
import { Pencil, Trash2 } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import type { RouteItem } from '@/lib/admin/contract/routes';
import { useConfirm } from '../layout/confirm';
import { OrderButtons } from '../providers/order-buttons';
import { useAct } from '../shared/use-act';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { RouteTargets } from './route-targets';
import type { Routes } from './use-routes';

interface RouteCardProps {
  readonly route: RouteItem;
  readonly place: { readonly index: number; readonly count: number };
  readonly routes: Routes;
  readonly onEdit: () => void;
}

export function RouteCard({ route, place: { index, count }, routes, onEdit }: RouteCardProps) {
  const t = useTranslations('models');
  const act = useAct();
  const { name } = route;
  return (
    <li className="rounded-lg border border-line bg-surface" aria-label={name}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-3">
        <OrderButtons
          name={name}
          place={{
            isFirst: index === 0,
            isLast: index === count - 1,
            isMoving: routes.isSaving,
            onMove: (step) => void act(() => routes.move(index, step), t('saveFailed')),
          }}
        />
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-2">
          <h2 className="max-w-full font-mono text-sm font-semibold [overflow-wrap:anywhere]">{name}</h2>
          {name.includes('*') && <Badge>{t('pattern')}</Badge>}
          {route.on
            .filter((reason) => reason !== 'unavailable')
            .map((reason) => (
              <Badge key={reason}>{t(`reasons.${reason}`)}</Badge>
            ))}
          {!route.on.includes('unavailable') && <Badge tone="warn">{t('notUnavailable')}</Badge>}
          {route.firstTokenTimeout !== null && (
            <Badge>{t('firstToken', { seconds: route.firstTokenTimeout })}</Badge>
          )}
        </div>
      </div>
      <div className="px-4 py-3 md:pl-[3.5rem]">
        <RouteTargets route={route} />
      </div>
      <RouteActions name={name} onEdit={onEdit} onRemove={() => routes.remove(index)} />
    </li>
  );
}

interface RouteActionsProps {
  readonly name: string;
  readonly onEdit: () => void;
  readonly onRemove: () => Promise<void>;
}

function RouteActions({ name, onEdit, onRemove }: RouteActionsProps) {
  const t = useTranslations('models');
  const confirm = useConfirm();
  const act = useAct();
  const remove = async () => {
    const isSure = await confirm({
      title: t('deleteTitle', { name }),
      text: t('deleteText'),
      action: t('delete'),
      isDangerous: true,
    });
    if (isSure) await act(onRemove, t('deleteFailed'));
  };
  return (
    <div className="flex justify-end gap-0.5 border-t border-line px-4 py-1.5">
      <Button look="ghost" size="sm" onClick={onEdit} aria-label={t('editLabel', { name })}>
        <Pencil aria-hidden />
        {t('edit')}
      </Button>
      <Button
        look="dangerGhost"
        size="sm"
        needs="routes.replace"
        onClick={() => void remove()}
        aria-label={t('deleteLabel', { name })}
      >
        <Trash2 aria-hidden />
        {t('delete')}
      </Button>
    </div>
  );
}
