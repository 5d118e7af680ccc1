'use client';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { MoveForm } from './move-form';
import { MoveReportView } from './move-report';
import { useMove, type MoveState } from './use-move';

/** Moving in from another gateway: its files, what would come of them, and what has. */
export function MoveTab() {
  const t = useTranslations('moveIn');
  const move = useMove();
  const { preview, moving } = move;
  const errors = useFieldErrors()(preview.error ?? moving.error);
  return (
    <Card title={t('title')}>
      <div className="grid max-w-3xl min-w-0 gap-5">
        {moving.data === undefined ? (
          <>
            <p className="text-sm text-ink-soft">{t('hint')}</p>
            <MoveForm move={move} errors={errors} />
            <Problem move={move} isAtField={Object.keys(errors).length > 0} />
            {preview.data !== undefined && <Preview move={move} />}
          </>
        ) : (
          <Moved move={move} />
        )}
      </div>
    </Card>
  );
}

interface MoveProps {
  readonly move: MoveState;
}

/** What keeps it from being looked at or carried out; beside its field if it is of one. */
function Problem({ move: { preview, moving }, isAtField }: MoveProps & { readonly isAtField: boolean }) {
  const errorText = useErrorText();
  const error = moving.error ?? preview.error;
  if (error === null || isAtField) return null;
  return (
    <p role="alert" className="text-sm text-bad">
      {errorText(error)}
    </p>
  );
}

function Preview({ move: { preview, moving, move } }: MoveProps) {
  const t = useTranslations('moveIn');
  if (preview.data === undefined) return null;
  const { keysAdded, proxiesAdded, routesAdded, tokensAdded, providers } = preview.data;
  const isNothing =
    keysAdded + proxiesAdded + routesAdded + tokensAdded === 0 && providers.every(({ isNew }) => !isNew);
  return (
    <section className="grid min-w-0 gap-3" aria-labelledby="move-preview" aria-live="polite">
      <h3 id="move-preview" className="text-sm font-semibold">
        {t(isNothing ? 'nothingNew' : 'previewTitle')}
      </h3>
      <MoveReportView report={preview.data} />
      {!isNothing && (
        <Button
          look="primary"
          className="justify-self-end"
          needs="installation.move-in"
          isBusy={moving.isPending}
          onClick={() => void move()}
        >
          {t('move')}
        </Button>
      )}
    </section>
  );
}

function Moved({ move: { moving, startOver } }: MoveProps) {
  const t = useTranslations('moveIn');
  if (moving.data === undefined) return null;
  return (
    <section className="grid min-w-0 gap-3" aria-labelledby="move-done">
      <h3 id="move-done" role="status" className="text-sm font-semibold">
        {t('done', { program: moving.data.program })}
      </h3>
      <MoveReportView report={moving.data} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={startOver}>{t('again')}</Button>
        <Button asChild look="primary">
          <Link prefetch={false} href="/providers">
            {t('providers')}
          </Link>
        </Button>
      </div>
    </section>
  );
}
