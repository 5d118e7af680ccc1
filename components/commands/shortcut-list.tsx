'use client';
import { useId, useSyncExternalStore, type ReactNode } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { singleKeys } from '@/lib/client/single-keys';
import { pages } from '../layout/pages';
import { Dialog } from '../ui/dialog';
import { Kbd } from '../ui/kbd';
import { Switch } from '../ui/switch';
import { goLetters } from './go-letters';
import { useIsMac } from './keyboard';

interface ShortcutListProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Every shortcut, and the switch for those that are single keys. */
export default function ShortcutList({ isOpen, onClose }: ShortcutListProps) {
  const t = useTranslations('commands');
  return (
    <Dialog isOpen={isOpen} onOpenChange={(next) => !next && onClose()} title={t('shortcuts')}>
      <div className="grid gap-5">
        <Everywhere />
        <Lists />
        <SingleKeySwitch />
      </div>
    </Dialog>
  );
}

function Everywhere() {
  const t = useTranslations('commands');
  const layout = useTranslations('layout');
  const isMac = useIsMac();
  return (
    <Shortcuts title={t('everywhere')}>
      <Line text={t('open')} keys={[isMac ? '⌘' : 'Ctrl', 'K']} />
      <Line text={t('shortcuts')} keys={['?']} />
      <Line text={t('toSearch')} keys={['/']} />
      {pages.map(({ name }) => {
        const letter = goLetters[name];
        return (
          letter !== undefined && (
            <Line key={name} text={t('toPage', { page: layout(`pages.${name}`) })} keys={['g', letter]} />
          )
        );
      })}
    </Shortcuts>
  );
}

function Lists() {
  const t = useTranslations('commands');
  return (
    <Shortcuts title={t('inLists')}>
      <Line text={t('nextRow')} keys={['j', '↓']} />
      <Line text={t('previousRow')} keys={['k', '↑']} />
      <Line text={t('openRow')} keys={['Enter']} />
      <Line text={t('selectRow')} keys={[t('space')]} />
      <Line text={t('closeRow')} keys={['Esc']} />
    </Shortcuts>
  );
}

function Shortcuts({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="grid gap-1.5">
      <h3 className="text-sm font-semibold">{title}</h3>
      <dl className="grid gap-x-8 gap-y-1.5 sm:grid-cols-2">{children}</dl>
    </section>
  );
}

function Line({ text, keys }: { readonly text: string; readonly keys: readonly string[] }) {
  return (
    <div className="flex min-h-6 items-center justify-between gap-3">
      <dt className="text-sm text-ink-soft">{text}</dt>
      <dd className="flex shrink-0 gap-1">
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </dd>
    </div>
  );
}

function SingleKeySwitch() {
  const t = useTranslations('commands');
  const id = useId();
  const areOn = useSyncExternalStore(singleKeys.subscribe, singleKeys.areOn, () => true);
  return (
    <div className="flex items-start justify-between gap-4 border-t border-line pt-4">
      <label htmlFor={id} className="text-sm">
        {t('singleKeys')}
        <span className="block text-xs text-ink-soft">{t('singleKeysHint')}</span>
      </label>
      <Switch id={id} checked={areOn} onCheckedChange={(isOn) => singleKeys.turn(isOn)} />
    </div>
  );
}
