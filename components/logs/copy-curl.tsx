'use client';
import { SquareTerminal } from 'lucide-react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { LogStory } from '@/lib/admin/contract/logs';
import { formatBytes } from '@/lib/client/format';
import { copyText } from '../shared/copy';
import { useOrigin } from '../shared/use-origin';
import { Button } from '../ui/button';
import { curlCommand, TOKEN_PLACE } from './curl-command';
import { providerAsked } from './provider-asked';
import { recordedBody } from './recorded-body';

/** Copies a command that sends the request again, with a place to put a client token in; a WebSocket has none. */
export function CopyCurl({ story }: { readonly story: LogStory }) {
  const t = useTranslations('logs.curl');
  const common = useTranslations('common');
  const origin = useOrigin();
  const { request, socket } = story;
  if (request === null || socket !== null) return null;
  const { text, sent, kept, isCut, isHidden } = recordedBody(story);
  const copy = async () => {
    const command = curlCommand({
      origin,
      provider: providerAsked(story),
      method: request.method,
      endpoint: request.endpoint,
      model: request.modelAsked ?? request.model,
      isStream: request.isStream,
      body: isCut ? undefined : text,
    });
    if (!(await copyText(command))) return void toast.error(common('copyFailed'));
    const missing = command.includes('=@FILE')
      ? t('putFile')
      : isCut
        ? t('bodyCut', { kept: formatBytes(kept), size: formatBytes(sent) })
        : text === undefined && sent > 0
          ? t(isHidden ? 'bodyHidden' : 'bodyNotKept')
          : '';
    toast.success(t('copied'), { description: `${t('putToken', { place: TOKEN_PLACE })} ${missing}` });
  };
  return (
    <Button size="sm" onClick={() => void copy()}>
      <SquareTerminal aria-hidden />
      {t('copy')}
    </Button>
  );
}
