'use client';
import { RotateCcw, Undo2 } from 'lucide-react';
import { useId } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { SettingItem } from '@/lib/admin/contract/settings';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { cn } from '../ui/class-names';
import { SettingInput } from './setting-input';
import { textOfValue, type DraftValue, type SettingsDraft } from './setting-value';
import { useSettingText } from './use-setting-text';
import { useSaid } from '../shared/use-said';

interface SettingRowProps {
  readonly item: SettingItem;
  readonly draft: SettingsDraft;
  readonly error: string | undefined;
  readonly onChange: (value: DraftValue) => void;
  /** Takes the change back. */
  readonly onKeep: () => void;
}

/** One setting: what it means, what it is, who set it, and how to change it. */
export function SettingRow(props: SettingRowProps) {
  const { item, draft, error, onChange } = props;
  const id = useId();
  return (
    <div
      className={cn(
        'grid gap-x-6 gap-y-2 border-l-2 border-l-transparent py-3 pr-4 pl-3.5 md:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]',
        draft[item.name] !== undefined && 'border-l-accent bg-accent-soft/40',
      )}
    >
      <Meaning item={item} id={id} />
      <div className="min-w-0">
        <SettingInput
          item={item}
          draft={draft}
          onChange={onChange}
          control={{
            id,
            'aria-invalid': error === undefined ? undefined : true,
            'aria-describedby': error === undefined ? `${id}-text` : `${id}-error`,
          }}
        />
        {error !== undefined && (
          <p id={`${id}-error`} role="alert" className="mt-1 text-xs break-words text-bad">
            {error.replace(new RegExp(`^${item.name}(: |：)`), '')}
          </p>
        )}
        <div className="mt-1 flex min-h-5 flex-wrap items-center gap-x-3 text-xs text-ink-faint">
          <Default item={item} />
          <WayBack {...props} />
        </div>
      </div>
    </div>
  );
}

function Meaning({ item, id }: { readonly item: SettingItem; readonly id: string }) {
  const t = useTranslations('settings');
  const said = useSaid();
  const text = useSettingText();
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap items-center gap-2">
        <label htmlFor={id} className="font-mono text-xs font-medium break-all">
          {item.name}
        </label>
        {item.source !== 'default' && <Badge>{t(`sources.${item.source}`)}</Badge>}
        {item.isStartOnly && <Badge>{t('startOnly')}</Badge>}
      </div>
      <p id={`${id}-text`} className="mt-0.5 text-xs break-words text-ink-soft">
        {text.description(item.name, item.description)}
      </p>
      {item.problem !== null && (
        <p className="mt-1 text-xs break-words text-warn">
          {t('problem', { problem: said(item, 'problem') })}
        </p>
      )}
    </div>
  );
}

function Default({ item }: { readonly item: SettingItem }) {
  const t = useTranslations('settings');
  const said = useSaid();
  const value = said(item, 'defaultNote') || textOfValue(item.default).replaceAll('\n', ', ');
  return (
    <span className="min-w-0 truncate">{t('default', { value: value === '' ? t('nothing') : value })}</span>
  );
}

/** From what is typed to what is in force; from that to the default. */
function WayBack({ item, draft, onChange, onKeep }: SettingRowProps) {
  const t = useTranslations('settings');
  if (draft[item.name] !== undefined) {
    return (
      <Button look="link" size="inline" className="text-xs" onClick={onKeep}>
        <Undo2 aria-hidden />
        {t('keep')}
      </Button>
    );
  }
  if (item.isStartOnly || item.source === 'default') return null;
  return (
    <Button
      look="link"
      size="inline"
      className="text-xs"
      aria-label={t('resetName', { name: item.name })}
      onClick={() => onChange(null)}
    >
      <RotateCcw aria-hidden />
      {t('reset')}
    </Button>
  );
}
