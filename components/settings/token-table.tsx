'use client';
import { useQueryClient } from '@tanstack/react-query';
import { Pencil, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { TokenItem } from '@/lib/admin/contract/tokens';
import { formatCount } from '@/lib/client/format';
import { revokeToken, tokensKey } from '@/lib/client/tokens';
import { useConfirm } from '../layout/confirm';
import { TimeAgo } from '../shared/time';
import { useAct } from '../shared/use-act';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Table, Td, Th, Tr } from '../ui/table';

interface TokenTableProps {
  readonly tokens: readonly TokenItem[];
  readonly onRename: (token: TokenItem) => void;
}

export function TokenTable({ tokens, onRename }: TokenTableProps) {
  const t = useTranslations('tokens');
  return (
    <Table label={t('title')}>
      <thead>
        <tr>
          <Th>{t('columns.name')}</Th>
          <Th>{t('columns.token')}</Th>
          <Th>{t('columns.source')}</Th>
          <Th className="text-right">{t('columns.requests')}</Th>
          <Th className="text-right">{t('columns.lastUsed')}</Th>
          <Th className="text-right">{t('columns.created')}</Th>
          <Th>
            <span className="sr-only">{t('columns.actions')}</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <TokenRow key={token.id} token={token} onRename={onRename} />
        ))}
      </tbody>
    </Table>
  );
}

interface TokenProps {
  readonly token: TokenItem;
  readonly onRename: (token: TokenItem) => void;
}

function TokenRow({ token, onRename }: TokenProps) {
  const t = useTranslations('tokens');
  return (
    <Tr>
      <Td className="font-medium break-words [overflow-wrap:anywhere]">
        {token.name === '' ? '–' : token.name}
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
      <Td>
        <span className="flex gap-1">
          <Badge>{t(`sources.${token.source}`)}</Badge>
          {token.isAdmin && <Badge tone="warn">{t('isAdmin')}</Badge>}
        </span>
      </Td>
      <Td label={t('columns.requests')} className="text-right">
        {formatCount(token.requestCount)}
      </Td>
      <Td label={t('columns.lastUsed')} className="text-right whitespace-nowrap text-ink-soft">
        <TimeAgo at={token.lastUsedAt} />
      </Td>
      <Td label={t('columns.created')} className="text-right whitespace-nowrap text-ink-soft">
        <TimeAgo at={token.createdAt} />
      </Td>
      <Td>{token.source === 'dashboard' && <TokenActions token={token} onRename={onRename} />}</Td>
    </Tr>
  );
}

function TokenActions({ token, onRename }: TokenProps) {
  const t = useTranslations('tokens');
  const revoke = useRevoke();
  return (
    <span className="flex justify-end">
      <Button
        look="ghost"
        size="iconSm"
        aria-label={t('renameLabel', { name: token.name })}
        onClick={() => onRename(token)}
      >
        <Pencil aria-hidden />
      </Button>
      <Button
        look="dangerGhost"
        size="iconSm"
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
