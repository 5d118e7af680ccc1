'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { SettingItem } from '@/lib/admin/contract/settings';
import { useFieldErrors } from '../shared/use-error-text';
import { Card } from '../ui/card';
import { SettingRow } from './setting-row';
import { useSettingText } from './use-setting-text';
import type { SettingsChanges } from './use-settings-draft';

/** Leads to each group; there is room for it on wide screens only. */
export function SettingGroups({ groups }: { readonly groups: readonly string[] }) {
  const t = useTranslations('settings');
  const text = useSettingText();
  return (
    <nav aria-label={t('groups')} className="sticky top-16 hidden self-start lg:block">
      <ul className="grid gap-0.5">
        {groups.map((group) => (
          <li key={group}>
            <a
              href={`#${anchorOf(group)}`}
              className="block rounded-md px-2.5 py-1 text-ink-soft hover:bg-sunken hover:text-ink"
            >
              {text.group(group)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface SettingGroupProps {
  readonly group: string;
  readonly items: readonly SettingItem[];
  readonly changes: SettingsChanges;
}

export function SettingGroup({ group, items, changes }: SettingGroupProps) {
  const text = useSettingText();
  const errors = useFieldErrors()(changes.error);
  return (
    <div id={anchorOf(group)} className="min-w-0 scroll-mt-16">
      <Card title={text.group(group)} bodyClassName="p-0">
        <div className="divide-y divide-line">
          {items.map((item) => (
            <SettingRow
              key={item.name}
              item={item}
              draft={changes.draft}
              error={errors[item.name]}
              onChange={(value) => changes.change(item, value)}
              onKeep={() => changes.keep(item)}
            />
          ))}
        </div>
      </Card>
    </div>
  );
}

function anchorOf(group: string): string {
  return `group-${group.toLowerCase().replaceAll(' ', '-')}`;
}
