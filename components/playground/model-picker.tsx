'use client';
import { ChevronDown } from 'lucide-react';
import { useId, useState, type KeyboardEvent } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { cn } from '../ui/class-names';
import { Input } from '../ui/input';
import { popoverLook } from '../ui/popover-look';
import { foundModels, type FoundModels } from './found-models';
import type { ModelChoices } from './use-model-choices';

interface ModelPickerProps {
  readonly value: string;
  readonly onChange: (model: string) => void;
  readonly label: string;
  readonly choices: ModelChoices;
  /** It is about to be used. */
  readonly onOpen: () => void;
}

/** A field for the name of a model or route, with those that are known below it. Any other name may be typed. */
export function ModelPicker({ value, onChange, label, choices, onOpen }: ModelPickerProps) {
  const t = useTranslations('playground');
  const id = useId();
  const list = useModelList(value, onChange, choices, onOpen);
  const { isOpen, found, active } = list;
  return (
    <div className="relative min-w-0 flex-1 basis-52">
      <Input
        role="combobox"
        className="pr-8 font-mono text-xs"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}-list` : undefined}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && active >= 0 ? `${id}-${active}` : undefined}
        placeholder={t('modelPlaceholder')}
        spellCheck={false}
        value={value}
        onFocus={(event) => event.target.select()}
        onClick={list.open}
        onBlur={list.close}
        onChange={(event) => list.type(event.target.value)}
        onKeyDown={list.onKeyDown}
      />
      <ChevronDown
        className="pointer-events-none absolute top-1/2 right-2.5 size-3.5 -translate-y-1/2 text-ink-faint"
        aria-hidden
      />
      {isOpen && <ModelList id={id} label={label} list={list} />}
      <span className="sr-only" role="status">
        {isOpen ? t('modelsFound', { count: found.groups.flatMap(({ names }) => names).length }) : ''}
      </span>
    </div>
  );
}

function useModelList(
  value: string,
  onChange: (model: string) => void,
  choices: ModelChoices,
  onOpen: () => void,
) {
  const [isOpen, setOpen] = useState(false);
  // What is typed searches; a name that stood there before does not.
  const [isTyped, setTyped] = useState(false);
  const [active, setActive] = useState(-1);
  const found = foundModels(choices.groups, isTyped ? value : '');
  const names = found.groups.flatMap((group) => group.names);
  const open = () => {
    onOpen();
    setOpen(true);
  };
  const close = () => {
    setOpen(false);
    setTyped(false);
    setActive(-1);
  };
  const choose = (name: string) => {
    onChange(name);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (!isOpen) return open();
      setActive((at) => Math.max(-1, Math.min(names.length - 1, at + step)));
    } else if (isOpen && (event.key === 'Enter' || event.key === 'Escape')) {
      // What is closed by it is this list, and nothing else.
      event.preventDefault();
      const chosen = event.key === 'Enter' ? names[active] : undefined;
      if (chosen === undefined) close();
      else choose(chosen);
    }
  };
  const type = (text: string) => {
    onChange(text.trim());
    setTyped(true);
    setActive(-1);
    open();
  };
  return { isOpen, found, active, isLoading: choices.isLoading, open, close, choose, type, onKeyDown };
}

interface ModelListProps {
  readonly id: string;
  readonly label: string;
  readonly list: ReturnType<typeof useModelList>;
}

function ModelList({ id, label, list }: ModelListProps) {
  const t = useTranslations('playground');
  const { found, isLoading } = list;
  const isEmpty = found.groups.length === 0;
  return (
    <div
      className={cn(popoverLook, 'absolute inset-x-0 top-9 max-h-80 min-w-56')}
      // The field keeps the focus.
      onMouseDown={(event) => event.preventDefault()}
    >
      <div role="listbox" id={`${id}-list`} aria-label={label}>
        <ModelOptions id={id} groups={found.groups} list={list} />
      </div>
      {isLoading && <p className="px-2 py-1.5 text-xs text-ink-soft">{t('modelsLoading')}</p>}
      {isEmpty && !isLoading && <p className="px-2 py-1.5 text-xs text-ink-soft">{t('modelsNone')}</p>}
      {found.more > 0 && (
        <p className="px-2 py-1.5 text-xs text-ink-soft">{t('modelsMore', { count: found.more })}</p>
      )}
    </div>
  );
}

interface ModelOptionsProps extends FoundModelsProps {
  readonly id: string;
  readonly list: ReturnType<typeof useModelList>;
}
type FoundModelsProps = Pick<FoundModels, 'groups'>;

function ModelOptions({ id, groups, list }: ModelOptionsProps) {
  const t = useTranslations('playground');
  let before = 0;
  return groups.map(({ provider, names }, index) => {
    const first = before;
    before += names.length;
    const title = provider === '' ? t('routes') : provider;
    return (
      <div key={index} role="group" aria-label={title}>
        <p className="px-2 pt-1.5 pb-0.5 text-2xs font-medium text-ink-soft" aria-hidden>
          {title}
        </p>
        {names.map((name, at) => (
          <div
            key={name}
            id={`${id}-${first + at}`}
            ref={first + at === list.active ? intoSight : undefined}
            role="option"
            aria-selected={first + at === list.active}
            className={cn(
              'cursor-default rounded-sm px-2 py-1 font-mono text-xs break-all hover:bg-sunken max-sm:py-2',
              first + at === list.active && 'bg-sunken',
            )}
            onClick={() => list.choose(name)}
          >
            {name}
          </div>
        ))}
      </div>
    );
  });
}

const intoSight = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' });
