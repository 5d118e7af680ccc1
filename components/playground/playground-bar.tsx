'use client';
import { Code, Columns2, SquarePen, X } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { Tooltip } from '../ui/tooltip';
import { ModelPicker } from './model-picker';
import type { ModelChoices } from './use-model-choices';
import type { Playground } from './use-playground';

interface PlaygroundBarProps {
  readonly playground: Playground;
  readonly choices: ModelChoices;
  readonly onListWanted: () => void;
  readonly onCopy: () => void;
  readonly onNew: () => void;
}

/** Whom one asks, and what can be done with the whole chat. */
export function PlaygroundBar({ playground, choices, onListWanted, onCopy, onNew }: PlaygroundBarProps) {
  const t = useTranslations('playground');
  const { chat, change } = playground;
  const { models } = chat;
  const isTwo = models.length > 1;
  return (
    <div className="flex flex-wrap items-center gap-2 border-b border-line p-3">
      {models.map((model, side) => (
        <ModelPicker
          key={side}
          value={model}
          label={isTwo ? t('modelOf', { number: side + 1 }) : t('model')}
          choices={choices}
          onOpen={onListWanted}
          onChange={(name) => change({ models: models.map((old, at) => (at === side ? name : old)) })}
        />
      ))}
      <div className="ml-auto flex items-center gap-1">
        <Tooltip text={t(isTwo ? 'one' : 'two')}>
          <Button
            look="ghost"
            size="icon"
            aria-label={t(isTwo ? 'one' : 'two')}
            onClick={() => change({ models: isTwo ? models.slice(0, 1) : [...models, ''] })}
          >
            {isTwo ? <X aria-hidden /> : <Columns2 aria-hidden />}
          </Button>
        </Tooltip>
        <Tooltip text={t('copy')}>
          <Button look="ghost" size="icon" aria-label={t('copy')} onClick={onCopy}>
            <Code aria-hidden />
          </Button>
        </Tooltip>
        <Button onClick={onNew}>
          <SquarePen aria-hidden />
          {t('new')}
        </Button>
      </div>
    </div>
  );
}
