'use client';
import { useProxyChoices } from '../shared/use-proxy-choices';
import { useTranslations } from '@/i18n/use-translations';
import { Checkbox } from '../ui/checkbox';
import { Segmented } from '../ui/segmented';
import type { ProviderPartProps } from './provider-draft';

const modes = ['shared', 'own', 'direct'] as const;

/** Which way its requests go out. */
export function EgressFields({ fields, set, wrong }: ProviderPartProps) {
  const t = useTranslations('providers');
  const common = useTranslations('common');
  const proxies = useProxyChoices(fields.proxyIds);
  const { error = proxies.gone.length > 0 ? common('gone.proxy') : undefined } = wrong('egress');
  const toggle = (id: string) => {
    const { proxyIds } = fields;
    set({ proxyIds: proxyIds.includes(id) ? proxyIds.filter((one) => one !== id) : [...proxyIds, id] });
  };
  return (
    <div className="grid gap-2">
      <div>
        <Segmented
          label={t('sections.egress')}
          value={fields.egressMode}
          options={modes.map((value) => ({ value, label: t(`egress.${value}`) }))}
          onChange={(egressMode) => set({ egressMode })}
        />
      </div>
      <p className="text-xs text-ink-soft">{t(`egressHints.${fields.egressMode}`)}</p>
      {fields.egressMode === 'own' && (
        <ul className="grid max-h-52 gap-1 overflow-y-auto rounded-md border border-line p-2">
          {proxies.options.length === 0 && <li className="text-xs text-ink-soft">{t('noProxies')}</li>}
          {proxies.options.map(({ value: id, label }) => (
            <li key={id}>
              <label className="flex items-center gap-2 rounded-sm px-1 py-0.5 hover:bg-sunken">
                <Checkbox checked={fields.proxyIds.includes(id)} onCheckedChange={() => toggle(id)} />
                <span className="min-w-0 truncate font-mono text-xs">{label}</span>
              </label>
            </li>
          ))}
        </ul>
      )}
      {error !== undefined && (
        <p role="alert" className="text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
