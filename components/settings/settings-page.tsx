'use client';
import { ADMIN_DOCS } from '@/lib/admin/contract/addresses';
import { useMayLeave } from '../layout/leave-guard';
import { useTranslations } from '@/i18n/use-translations';
import { useUrlState } from '../shared/use-url-state';
import { Tabs } from '../ui/tabs';
import { AlertsTab } from './alerts-tab';
import { AuditTab } from './audit-tab';
import { InstancesCard } from './instances-card';
import { JobsTab } from './jobs-tab';
import { MoveTab } from './move-tab';
import { PricesTab } from './prices-tab';
import { SettingsTab } from './settings-tab';
import { settingsTabs } from './settings-tabs';
import { TokensTab } from './tokens-tab';

const viewDefaults = {
  tab: 'settings',
  find: '',
  /** The client token whose form is open, or `new`. */
  token: '',
};

export function SettingsPage() {
  const t = useTranslations('settings');
  const [view, change] = useUrlState(viewDefaults, 'token');
  const mayLeave = useMayLeave();
  const content = {
    settings: <SettingsTab find={view.find} onFind={(find) => change({ find })} />,
    tokens: <TokensTab opened={view.token} onOpen={(token) => change({ token })} />,
    prices: <PricesTab />,
    alerts: <AlertsTab />,
    jobs: (
      <div className="space-y-4">
        <JobsTab />
        <InstancesCard />
      </div>
    ),
    'moving-in': <MoveTab />,
    audit: <AuditTab />,
  };
  return (
    <>
      <Tabs
        label={t('tabsLabel')}
        value={settingsTabs.find((tab) => tab === view.tab) ?? 'settings'}
        onChange={(tab) => void mayLeave().then((isYes) => isYes && change({ tab, find: '' }))}
        tabs={settingsTabs.map((value) => ({ value, label: t(`tabs.${value}`), content: content[value] }))}
      />
      <p className="mt-6 text-sm text-ink-soft">
        <a
          href={ADMIN_DOCS}
          className="inline-flex min-h-6 items-center underline underline-offset-4 hover:text-ink"
        >
          {t('reference')}
        </a>
      </p>
    </>
  );
}
