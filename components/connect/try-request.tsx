'use client';
import { Play, Square } from 'lucide-react';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { streamChat, type ChatProgress } from '@/lib/client/chat-stream';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { TryAnswer } from './try-answer';
import type { ChatModels } from './use-chat-models';

interface TryRequestProps {
  readonly path: string;
  readonly token: string;
  readonly model: string;
  readonly chat: ChatModels;
  readonly hasKeys: boolean;
  /** The provider was deleted elsewhere. */
  readonly isGone: boolean;
  readonly onModel: (model: string) => void;
  readonly onSuccess?: () => void;
}

/** One real request through the gateway, with its answer as it comes. */
export function TryRequest({
  path,
  token,
  model,
  chat,
  hasKeys,
  isGone,
  onModel,
  onSuccess,
}: TryRequestProps) {
  const t = useTranslations('connect');
  const [prompt, setPrompt] = useState(() => t('prompt'));
  const [progress, setProgress] = useState<ChatProgress>();
  const [isRunning, setRunning] = useState(false);
  const aborter = useRef<AbortController>(undefined);
  useEffect(() => () => aborter.current?.abort(), []);

  const run = async (event: FormEvent) => {
    event.preventDefault();
    aborter.current = new AbortController();
    setRunning(true);
    let last: ChatProgress | undefined;
    for await (last of streamChat({
      base: path,
      token,
      model,
      prompt,
      signal: aborter.current.signal,
    })) {
      setProgress(last);
    }
    setRunning(false);
    if (last?.error === undefined && last?.text !== '') onSuccess?.();
  };

  const modelHint = { loading: 'modelsLoading', there: 'modelHint', none: 'noList' } as const;
  return (
    <form className="grid gap-3" onSubmit={(event) => void run(event)}>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={t('model')} hint={hasKeys ? t(modelHint[chat.list]) : undefined}>
          {(control) => (
            <>
              <Input
                {...control}
                list={`${control.id}-models`}
                className="font-mono text-xs"
                value={model}
                required
                onChange={(event) => onModel(event.target.value)}
              />
              <datalist id={`${control.id}-models`}>
                {chat.models.map((id) => (
                  <option key={id} value={id} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        <Field label={t('message')}>
          {(control) => (
            <Input {...control} value={prompt} required onChange={(event) => setPrompt(event.target.value)} />
          )}
        </Field>
      </div>
      <div>
        {isRunning ? (
          <Button onClick={() => aborter.current?.abort()}>
            <Square aria-hidden />
            {t('stop')}
          </Button>
        ) : (
          <Button type="submit" look="primary" disabled={isGone || token === '' || model === ''}>
            <Play aria-hidden />
            {t('send')}
          </Button>
        )}
        {(token === '' || model === '') && (
          <span className="ml-3 text-xs text-ink-faint">{t(token === '' ? 'needsToken' : 'needsModel')}</span>
        )}
      </div>
      {progress !== undefined && <TryAnswer progress={progress} isRunning={isRunning} />}
    </form>
  );
}
