'use client';
import { useQuery } from '@tanstack/react-query';
import { Play, Square } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { fetchModels, streamChat, type ChatProgress } from '@/lib/client/chat-stream';
import { useDebounced } from '../shared/use-debounced';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { TryAnswer } from './try-answer';

interface TryRequestProps {
  readonly path: string;
  readonly token: string;
  readonly model: string;
  readonly onModel: (model: string) => void;
  readonly onSuccess?: () => void;
}

const TYPING_PAUSE_MS = 400;

/** One real request through the gateway, with its answer as it comes. */
export function TryRequest({ path, token, model, onModel, onSuccess }: TryRequestProps) {
  const t = useTranslations('connect');
  const [prompt, setPrompt] = useState(() => t('prompt'));
  const [progress, setProgress] = useState<ChatProgress>();
  const [isRunning, setRunning] = useState(false);
  const aborter = useRef<AbortController>(undefined);
  const settledToken = useDebounced(token, TYPING_PAUSE_MS);
  const models = useQuery({
    queryKey: ['gateway-models', path, settledToken],
    queryFn: ({ signal }) => fetchModels(path, settledToken, signal),
    enabled: settledToken !== '',
    retry: false,
    gcTime: 0,
  });
  const firstModel = models.data?.find((id) => /mini|chat|gpt|turbo/.test(id)) ?? models.data?.[0] ?? '';
  const chosen = model === '' ? firstModel : model;
  useEffect(() => () => aborter.current?.abort(), []);

  const run = async (event: FormEvent) => {
    event.preventDefault();
    aborter.current = new AbortController();
    setRunning(true);
    let last: ChatProgress | undefined;
    for await (last of streamChat({
      base: path,
      token,
      model: chosen,
      prompt,
      signal: aborter.current.signal,
    })) {
      setProgress(last);
    }
    setRunning(false);
    if (last?.error === undefined && last?.text !== '') onSuccess?.();
  };

  const modelError = models.error === null ? {} : { error: models.error.message };
  return (
    <form className="grid gap-3" onSubmit={(event) => void run(event)}>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label={t('model')}
          hint={models.isFetching ? t('modelsLoading') : t('modelHint')}
          {...modelError}
        >
          {(control) => (
            <>
              <Input
                {...control}
                list={`${control.id}-models`}
                className="font-mono text-xs"
                value={chosen}
                required
                onChange={(event) => onModel(event.target.value)}
              />
              <datalist id={`${control.id}-models`}>
                {models.data?.map((id) => (
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
          <Button type="submit" look="primary" disabled={token === '' || chosen === ''}>
            <Play aria-hidden />
            {t('send')}
          </Button>
        )}
        {token === '' && <span className="ml-3 text-xs text-ink-faint">{t('needsToken')}</span>}
      </div>
      {progress !== undefined && <TryAnswer progress={progress} isRunning={isRunning} />}
    </form>
  );
}
