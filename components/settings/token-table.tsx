'use client';
import { useQueryClient } from '@tanstack/react-query';
import { Pencil, RotateCcw, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { TokenItem } from '@/lib/admin/contract/tokens';
import { formatCount } from '@/lib/client/format';
import { resetSpent, revokeToken, tokensKey } from '@/lib/client/tokens';
import { useConfirm } from '../layout/confirm';
import { TimeAgo } from '../shared/time';
import { useAct } from '../shared/use-act';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Table, Td, Th, Tr } from '../ui/table';
import { TokenReach, TokenState, TokenUse } from './token-rules';

interface TokenTableProps {
  readonly tokens: readonly TokenItem[];
  readonly onEdit: (token: TokenItem) => void;
}

export function TokenTable({ tokens, onEdit }: TokenTableProps) {
  const t = useTranslations('tokens');
  return (
    <Table label={t('title')}>
      <thead>
        <tr>
          <Th>{t('columns.name')}</Th>
          <Th>{t('columns.token')}</Th>
          <Th>{t('columns.rules')}</Th>
          <Th>{t('columns.used')}</Th>
          <Th className="text-right">{t('columns.requests')}</Th>
          <Th className="text-right">{t('columns.lastUsed')}</Th>
          <Th>
            <span className="sr-only">{t('columns.actions')}</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} onEdit={onEdit} />
        ))}
      </tbody>
    </Table>
  );
}

interface TokenProps {
  readonly token: TokenItem;
  readonly onEdit: (token: TokenItem) => void;
}

function TokenRow({ token, onEdit }: TokenProps) {
  const t = useTranslations('tokens');
  return (
    <Tr>
      <Td className="min-w-32 font-medium sm:min-w-44">
        <span className="block py-1">
          <span className="block break-words [overflow-wrap:anywhere]" title={token.note}>
            {token.name === '' ? '–' : token.name}
          </span>
          <span className="mt-1 flex flex-wrap gap-1 empty:hidden">
            {token.source !== 'dashboard' && <Badge>{t(`sources.${token.source}`)}</Badge>}
            {token.isAdmin && <Badge tone="warn">{t('isAdmin')}</Badge>}
            <TokenState token={token} />
          </span>
        </span>
      </Td>
      <Td>
        <Link
          prefetch={false}
          href={`/logs?token=${encodeURIComponent(token.hint)}`}
          className="hit font-mono text-xs whitespace-nowrap hover:underline"
        >
          {token.hint}
        </Link>
      </Td>
      <Td className="max-w-72 max-sm:basis-full">
        <TokenReach token={token} />
      </Td>
      <Td className="max-sm:basis-full">
        <TokenUse token={token} />
      </Td>
      <Td label={t('columns.requests')} className="text-right">
        {formatCount(token.requestCount)}
      </Td>
      <Td label={t('columns.lastUsed')} className="text-right whitespace-nowrap text-ink-soft">
        <TimeAgo at={token.lastUsedAt} />
      </Td>
      <Td>{token.source === 'dashboard' && <TokenActions token={token} onEdit={onEdit} />}</Td>
    </Tr>
  );
}

function TokenActions({ token, onEdit }: TokenProps) {
  const t = useTranslations('tokens');
  const revoke = useRevoke();
  const reset = useReset();
  return (
    <span className="flex justify-end">
      <Button
        look="ghost"
        size="iconSm"
        aria-label={t('editLabel', { name: token.name })}
        onClick={() => onEdit(token)}
      >
        <Pencil aria-hidden />
      </Button>
      {token.budget !== null && (
        <Button
          look="ghost"
          size="iconSm"
          needs="tokens.resetSpent"
          aria-label={t('resetLabel', { name: token.name })}
          title={t('reset')}
          onClick={() => void reset(token)}
        >
          <RotateCcw aria-hidden />
        </Button>
      )}
      <Button
        look="dangerGhost"
        size="iconSm"
        needs="tokens.revoke"
        aria-label={t('revokeLabel', { name: token.name })}
        onClick={() => void revoke(token)}
      >
        <Trash2 aria-hidden />
      </Button>
    </span>
  );
}

/** Asks first. */
function useRevoke() {
  const t = useTranslations('tokens');
  const client = useQueryClient();
  const confirm = useConfirm();
  const act = useAct();
  return async (token: TokenItem) => {
    const isSure = await confirm({
      title: t('revokeTitle', { name: token.name }),
      text: t('revokeText'),
      action: t('revoke'),
      isDangerous: true,
    });
    if (!isSure) return;
    const done = await act(() => revokeToken(token.id), t('revokeFailed'));
    if (done !== undefined) toast.success(t('revoked', { name: token.name }));
    await client.invalidateQueries({ queryKey: tokensKey });
  };
}

/** Asks first: what is spent cannot be had back. */
function useReset() {
  const t = useTranslations('tokens');
  const client = useQueryClient();
  const confirm = useConfirm();
  const act = useAct();
  return async (token: TokenItem) => {
    const question = {
      title: t('resetTitle', { name: token.name }),
      text: t('resetText'),
      action: t('reset'),
    };
    if (!(await confirm(question))) return;
    const done = await act(() => resetSpent(token.id), t('resetFailed'));
    if (done !== undefined) toast.success(t('resetDone', { name: token.name }));
    await client.invalidateQueries({ queryKey: tokensKey });
  };
}
