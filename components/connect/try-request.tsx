'use client';
import { Play, Square } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { useMay } from '../shared/use-me';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import type { Connection } from './connection';
import { TryAnswer } from './try-answer';
import type { ChatModels } from './use-chat-models';
import { useTryRequest } from './use-try-request';

interface TryRequestProps {
  readonly connection: Connection;
  readonly chat: ChatModels;
  readonly hasKeys: boolean;
  /** The provider was deleted elsewhere. */
  readonly isGone: boolean;
  readonly onModel: (model: string) => void;
  readonly onSuccess?: () => void;
}

/** One real request through the gateway, with its answer as it comes. */
export function TryRequest(props: TryRequestProps) {
  const { connection, isGone, onSuccess } = props;
  const t = useTranslations('connect');
  const [prompt, setPrompt] = useState(() => t('prompt'));
  const { progress, isRunning, send, stop } = useTryRequest(connection, onSuccess);
  const missing = missingOf(connection, useMay()('tokens.create'));
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void send(prompt);
      }}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <ModelField {...props} />
        <Field label={t('message')}>
          {(control) => (
            <Input {...control} value={prompt} required onChange={(event) => setPrompt(event.target.value)} />
          )}
        </Field>
      </div>
      <div>
        {isRunning ? (
          <Button onClick={stop}>
            <Square aria-hidden />
            {t('stop')}
          </Button>
        ) : (
          <Button type="submit" look="primary" disabled={isGone || missing !== undefined}>
            <Play aria-hidden />
            {t('send')}
          </Button>
        )}
        {missing !== undefined && <span className="ml-3 text-xs text-ink-faint">{t(missing)}</span>}
      </div>
      {progress !== undefined && <TryAnswer progress={progress} isRunning={isRunning} />}
    </form>
  );
}

/** What is missing before the request can be sent. */
function missingOf({ token, model }: Connection, mayMake: boolean) {
  if (token === '') return mayMake ? 'needsToken' : 'needsTokenOfAdmin';
  return model === '' ? 'needsModel' : undefined;
}

const modelHints = {
  loading: 'modelsLoading',
  there: 'modelHint',
  none: 'noList',
  notAsked: 'listNotAsked',
} as const;

function ModelField({ connection, chat, hasKeys, onModel }: TryRequestProps) {
  const t = useTranslations('connect');
  return (
    <Field label={t('model')} hint={hasKeys ? t(modelHints[chat.list]) : undefined}>
      {(control) => (
        <>
          <Input
            {...control}
            list={`${control.id}-models`}
            className="font-mono text-xs"
            value={connection.model}
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
  );
}
