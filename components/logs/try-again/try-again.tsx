'use client';
import { RotateCw, Square } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { LogStory } from '@/lib/admin/contract/logs';
import { formatBytes, formatDuration } from '@/lib/client/format';
import { useClientToken } from '../../connect/use-client-token';
import { useConfirm } from '../../layout/confirm';
import { Section } from '../../shared/section';
import { useMay } from '../../shared/use-me';
import { StatusCode } from '../../shared/status-code';
import { VerdictText } from '../../shared/verdict-text';
import { Button } from '../../ui/button';
import { recordedBody } from '../recorded-body';
import { resendOf, type Refusal, type Resend } from './resend';
import { TokenSecret } from './token-secret';
import { useResend, type Outcome } from './use-resend';

interface TryAgainProps {
  readonly story: LogStory;
  /** Opens the story of another row. */
  readonly onGo: (id: string) => void;
}

/** The request of a story once more, through the gateway, or why that cannot be. */
export default function TryAgain({ story, onGo }: TryAgainProps) {
  const t = useTranslations('logs.again');
  const found = useMemo(() => resendOf(story), [story]);
  const place = useRef<HTMLDivElement>(null);
  // It stands above what was pressed.
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'nearest' });
    place.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div ref={place} tabIndex={-1} className="mb-5 outline-none" data-try-again>
      <Section title={t('title')}>
        {typeof found === 'string' ? (
          <Refused why={found} story={story} />
        ) : (
          <Ready resend={found} onGo={onGo} />
        )}
      </Section>
    </div>
  );
}

function Refused({ why, story }: { readonly why: Refusal; readonly story: LogStory }) {
  const t = useTranslations('logs.again');
  const { kept, sent } = recordedBody(story);
  return (
    <p role="status" className="text-xs text-ink-soft">
      {t(`refused.${why}`, { kept: formatBytes(kept), size: formatBytes(sent) })}
    </p>
  );
}

interface ReadyProps {
  readonly resend: Resend;
  readonly onGo: (id: string) => void;
}

function Ready({ resend, onGo }: ReadyProps) {
  const t = useTranslations('logs.again');
  const connect = useTranslations('connect');
  const confirm = useConfirm();
  const token = useClientToken(t('tokenName'));
  const needsToken = useMay()('tokens.create') ? t('needsToken') : connect('needsTokenOfAdmin');
  const { outcome, isRunning, send, stop } = useResend(resend, token.value);
  const sendOrAsk = async () => {
    const question = { title: t('askTitle'), text: t('askText'), action: t('send') };
    if (!resend.mayLast || (await confirm(question))) await send();
  };
  return (
    <>
      <p className="text-xs text-ink-soft">
        <span className="font-mono break-all text-ink">POST {resend.path}</span>
        <br />
        {t('what')}
      </p>
      <TokenSecret token={token} />
      <div className="flex flex-wrap items-center gap-3">
        {isRunning ? (
          <Button onClick={stop}>
            <Square aria-hidden />
            {t('stop')}
          </Button>
        ) : (
          <Button look="primary" disabled={token.value === ''} onClick={() => void sendOrAsk()}>
            <RotateCw aria-hidden />
            {t('send')}
          </Button>
        )}
        <span role="status" className="text-xs text-ink-soft">
          {token.value === '' ? needsToken : isRunning ? t('running') : ''}
        </span>
      </div>
      {outcome !== undefined && <Result outcome={outcome} onGo={onGo} />}
    </>
  );
}

interface ResultProps {
  readonly outcome: Outcome;
  readonly onGo: (id: string) => void;
}

/** What came back, and the way to its story. */
function Result({ outcome, onGo }: ResultProps) {
  const t = useTranslations('logs.again');
  const { status, durationMs, lost, isStopped, row } = outcome;
  return (
    <div
      role="status"
      data-testid="resent"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md border border-line bg-sunken px-3 py-2 text-xs"
    >
      {status !== undefined && <Came status={status} name={row?.outcome} />}
      {isStopped && <span>{t('stopped')}</span>}
      {lost !== undefined && <span className="wrap-anywhere text-bad">{`${t('lost')} ${lost}`}</span>}
      <span className="text-ink-soft">{formatDuration(durationMs)}</span>
      {row === undefined || row === null ? (
        <span className="text-ink-soft">{t(row === undefined ? 'looking' : 'notLogged')}</span>
      ) : (
        <Button look="link" size="inline" onClick={() => onGo(row.id)}>
          {t('story')}
        </Button>
      )}
    </div>
  );
}

/** The status that came, and what the log says became of it: a stream may break behind its 200. */
function Came({ status, name }: { readonly status: number; readonly name: string | undefined }) {
  return (
    <>
      <StatusCode status={status} outcome={name ?? 'success'} />
      {name !== undefined && <VerdictText name={name} />}
    </>
  );
}
