'use client';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { CodeBlock } from '../shared/code-block';
import { useOrigin } from '../shared/use-origin';
import { Segmented } from '../ui/segmented';
import type { Connection } from './connection';
import { helloTo, languageNames, snippetLanguages, snippetOf, type SnippetLanguage } from './snippets';

/** What to paste into a client: the address, and a whole example in the language of one's choice. */
export function ConnectSnippets({ connection }: { readonly connection: Connection }) {
  const { path, token, model } = connection;
  const t = useTranslations('connect');
  const [language, setLanguage] = useState<SnippetLanguage>('python');
  const baseUrl = `${useOrigin()}${path}`;
  const shown = {
    baseUrl,
    token: token === '' ? 'YOUR_TOKEN' : token,
    body: helloTo(model === '' ? 'YOUR_MODEL' : model),
    isStream: false,
  };
  return (
    <div className="grid min-w-0 gap-2">
      <p className="text-xs font-medium">{t('baseUrl')}</p>
      <CodeBlock text={baseUrl} copyLabel={t('copyBaseUrl')} />
      <div className="mt-1 flex items-center justify-between">
        <p className="text-xs font-medium">{t('example')}</p>
        <Segmented
          label={t('language')}
          value={language}
          options={snippetLanguages.map((value) => ({ value, label: languageNames[value] }))}
          onChange={setLanguage}
        />
      </div>
      <CodeBlock
        text={snippetOf(language, shown)}
        label={languageNames[language]}
        copyLabel={t('copyExample')}
      />
    </div>
  );
}
