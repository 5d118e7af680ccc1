'use client';
import { Plus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { ColumnsMenu } from '../shared/columns/columns-menu';
import { RunningTasks } from '../tasks/running-tasks';
import { Button } from '../ui/button';
import { ViewsMenu } from '../views/views-menu';
import { KeyDrawer } from './key-drawer';
import { KEY_COLUMNS } from './key-cells';
import { useKeyColumnTitles } from './key-columns';
import { KeyFilters } from './key-filters';
import { isKeyFiltered, keyFilterOf, keyViewDefaults } from './key-view';
import { KeysFooter } from './keys-footer';
import { KeysMenu } from './keys-menu';
import { KeysTable } from './keys-table';
import { useKeyList } from './use-key-list';
import { useKeyPicks } from './use-key-picks';
import { useKeyView } from './use-key-view';
import { useVerifyAllKeys } from './use-verify-all-keys';

const ImportDialog = dynamic(() => import('./import-dialog').then((parts) => parts.ImportDialog), {
  ssr: false,
});

export function KeysPage() {
  const t = useTranslations('keys');
  const [view, change] = useKeyView();
  const list = useKeyList(view);
  const filter = keyFilterOf(view);
  const picks = useKeyPicks(filter, list);
  const add = () => change({ open: 'import' });
  const closeForm = () => change({ open: '' });
  const isImporting = view.open === 'import';
  const [hasImported, setImported] = useState(isImporting);
  if (isImporting && !hasImported) setImported(true);
  useVerifyAllKeys(view.open === 'verify', closeForm);

  return (
    <div className="flex h-[calc(100dvh-9rem)] min-h-96 flex-col gap-3 max-sm:min-h-[34rem] md:h-[calc(100dvh-5.75rem)]">
      <div className="flex flex-wrap items-center gap-2">
        <KeyFilters view={view} onChange={change} />
        <div className="ml-auto flex min-w-0 flex-wrap justify-end gap-2">
          <ViewsMenu page="keys" view={view} defaults={keyViewDefaults} onChange={change} />
          <KeyColumnsMenu />
          <KeysMenu filter={filter} total={list.isProviderGone ? 0 : list.total} />
          <Button look="primary" needs="keys.import" onClick={add}>
            <Plus aria-hidden />
            {t('add')}
          </Button>
        </div>
      </div>
      <RunningTasks kinds={['keys-bulk', 'probe-keys', 'import-keys']} />
      <section
        aria-busy={list.isChanging}
        className="flex min-h-40 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface transition-opacity aria-busy:opacity-60"
      >
        <KeysTable list={list} picks={picks} view={view} onChange={change} onAdd={add} />
        <KeysFooter list={list} picks={picks} isFiltered={isKeyFiltered(view)} />
      </section>
      {hasImported && (
        <ImportDialog
          isOpen={isImporting}
          onOpenChange={(isOpen) => !isOpen && closeForm()}
          provider={view.provider}
        />
      )}
      <KeyDrawer
        id={view.key}
        range={view.usage}
        onRange={(usage) => change({ usage })}
        onClose={() => change({ key: '' })}
      />
    </div>
  );
}

function KeyColumnsMenu() {
  return <ColumnsMenu list={KEY_COLUMNS} columns={useKeyColumnTitles()} />;
}
