'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Section } from '../shared/section';
import { Dialog } from '../ui/dialog';
import { ConnectSnippets } from './connect-snippets';
import { TokenField } from './token-field';
import { TryRequest } from './try-request';

interface ConnectDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  /** Path of the API, such as `/v1` or `/groq/v1`. */
  readonly path: string;
  readonly title: string;
}

/** How to use the gateway from a client, and whether it works. */
export function ConnectDialog({ isOpen, onOpenChange, path, title }: ConnectDialogProps) {
  const t = useTranslations('connect');
  const [token, setToken] = useState('');
  const [model, setModel] = useState('');
  return (
    <Dialog shape="sheet" isOpen={isOpen} onOpenChange={onOpenChange} title={title} description={t('hint')}>
      <div className="grid gap-5">
        <TokenField value={token} onChange={setToken} />
        <ConnectSnippets path={path} token={token} model={model} />
        <Section title={t('try')}>
          <TryRequest path={path} token={token} model={model} onModel={setModel} />
        </Section>
      </div>
    </Dialog>
  );
}
