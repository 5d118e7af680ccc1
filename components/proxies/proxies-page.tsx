'use client';
import type { ProxyItem } from '@/lib/admin/contract/proxies';
import { useRowSelection } from '../shared/use-row-selection';
import { useUrlState } from '../shared/use-url-state';
import { RunningTasks } from '../tasks/running-tasks';
import { AddProxiesDialog } from './add-proxies-dialog';
import { ProxiesBar } from './proxies-bar';
import { ProxiesFooter } from './proxies-footer';
import { ProxyDrawer } from './proxy-drawer';
import { ProxyTable } from './proxy-table';
import { proxyListQueryOf, proxyViewDefaults } from './proxy-view';
import { useProxyList } from './use-proxy-list';

export function ProxiesPage() {
  const [view, change] = useUrlState(proxyViewDefaults, 'proxy', 'open');
  const selection = useRowSelection<ProxyItem>();
  const list = useProxyList(proxyListQueryOf(view));
  const add = () => change({ open: 'new' });

  return (
    <div className="flex h-[calc(100dvh-9rem)] min-h-96 flex-col gap-3 md:h-[calc(100dvh-5.75rem)]">
      <ProxiesBar view={view} onChange={change} isEmpty={list.total === 0} onAdd={add} />
      <RunningTasks kinds={['proxies-bulk']} />
      <section
        aria-busy={list.isChanging}
        className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface transition-opacity aria-busy:opacity-60"
      >
        <ProxyTable list={list} selection={selection} view={view} onChange={change} onAdd={add} />
        <ProxiesFooter list={list} selection={selection} />
      </section>
      <AddProxiesDialog
        isOpen={view.open === 'new'}
        onOpenChange={(isOpen) => !isOpen && change({ open: '' })}
      />
      <ProxyDrawer id={view.proxy} onClose={() => change({ proxy: '' })} />
    </div>
  );
}
