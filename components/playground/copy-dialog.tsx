'use client';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { nextBody, type Chat } from '@/lib/client/playground';
import { languageNames, snippetLanguages, snippetOf, type SnippetLanguage } from '../connect/snippets';
import { CodeBlock } from '../shared/code-block';
import { useOrigin } from '../shared/use-origin';
import { Dialog } from '../ui/dialog';
import { Segmented } from '../ui/segmented';

interface CopyDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly chat: Chat;
  readonly token: string;
}

const names: Record<SnippetLanguage, string> = { ...languageNames, node: 'JavaScript' };

/** The request as a program would send it. */
export function CopyDialog({ isOpen, onOpenChange, chat, token }: CopyDialogProps) {
  const t = useTranslations('playground');
  return (
    <Dialog
      shape="sheet"
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={t('copyTitle')}
      description={t('copyHint')}
    >
      <Snippet chat={chat} token={token} />
    </Dialog>
  );
}

function Snippet({ chat, token }: Pick<CopyDialogProps, 'chat' | 'token'>) {
  const t = useTranslations('playground');
  const [language, setLanguage] = useState<SnippetLanguage>('curl');
  const [side, setSide] = useState(0);
  const origin = useOrigin();
  const body = nextBody(chat, side, t('example'));
  const text = snippetOf(language, {
    baseUrl: `${origin}/v1`,
    token: token === '' ? 'YOUR_TOKEN' : token,
    body: body.model === '' ? { ...body, model: 'YOUR_MODEL' } : body,
    isStream: chat.parameters.isStream,
  });
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap gap-2">
        <Segmented
          label={t('language')}
          value={language}
          options={snippetLanguages.map((value) => ({ value, label: names[value] }))}
          onChange={setLanguage}
        />
        {chat.models.length > 1 && (
          <Segmented
            label={t('side')}
            value={String(side)}
            options={chat.models.map((_, at) => ({
              value: String(at),
              label: t('modelOf', { number: at + 1 }),
            }))}
            onChange={(value) => setSide(Number(value))}
          />
        )}
      </div>
      <CodeBlock text={text} label={names[language]} copyLabel={t('copyCode')} />
    </div>
  );
}
