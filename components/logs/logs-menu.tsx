'use client';
import { Download, EllipsisVertical, Trash2 } from 'lucide-react';
import type { LogFilter, LogKind } from '@/lib/admin/contract/logs';
import { useTranslations } from '@/i18n/use-translations';
import { logExportUrl } from '@/lib/client/logs';
import { Button } from '../ui/button';
import { Menu, MenuItem, MenuLine } from '../ui/dropdown-menu';
import { useDeleteLogs } from './use-delete-logs';

interface LogsMenuProps {
  readonly kind: LogKind;
  readonly filter: LogFilter;
  readonly isFiltered: boolean;
  readonly isEmpty: boolean;
}

const formats = ['csv', 'jsonl'] as const;

export function LogsMenu({ kind, filter, isFiltered, isEmpty }: LogsMenuProps) {
  const t = useTranslations('logs');
  const remove = useDeleteLogs();
  return (
    <Menu
      trigger={
        <Button size="icon" aria-label={t('more')}>
          <EllipsisVertical aria-hidden />
        </Button>
      }
    >
      {formats.map((format) => (
        <MenuItem key={format} asChild disabled={isEmpty}>
          <a href={logExportUrl(kind, format, filter)} download>
            <Download aria-hidden />
            {t('export', { format: format.toUpperCase() })}
          </a>
        </MenuItem>
      ))}
      <MenuLine />
      {isFiltered && (
        <MenuItem
          isDanger
          needs="logs.delete"
          disabled={isEmpty}
          onSelect={() => void remove({ kind, filter }, t('deleteFilteredText'))}
        >
          <Trash2 aria-hidden />
          {t('deleteFiltered')}
        </MenuItem>
      )}
      <MenuItem
        isDanger
        needs="logs.delete"
        onSelect={() => void remove({ kind, all: true }, t('deleteAllText'))}
      >
        <Trash2 aria-hidden />
        {t('deleteAll')}
      </MenuItem>
    </Menu>
  );
}
