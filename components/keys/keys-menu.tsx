'use client';
import { Download, EllipsisVertical } from 'lucide-react';
import type { KeyFilter } from '@/lib/admin/contract/keys';
import { useTranslations } from '@/i18n/use-translations';
import { exportKeys } from '@/lib/client/keys';
import { useConfirm } from '../layout/confirm';
import { saveFile } from '../shared/save-file';
import { useAct } from '../shared/use-act';
import { Button } from '../ui/button';
import { Menu, MenuItem, MenuLine } from '../ui/dropdown-menu';

interface KeysMenuProps {
  readonly filter: KeyFilter;
  readonly total: number;
}

const formats = ['txt', 'csv', 'json'] as const;

/** Export of what the filter shows, with the keys themselves or with their hints only. */
export function KeysMenu({ filter, total }: KeysMenuProps) {
  const t = useTranslations('keys');
  const confirm = useConfirm();
  const act = useAct();

  const save = async (format: (typeof formats)[number], secrets: boolean) => {
    if (secrets) {
      const isSure = await confirm({
        title: t('exportTitle', { total }),
        text: t('exportText'),
        action: t('export'),
        isDangerous: true,
      });
      if (!isSure) return;
    }
    const blob = await act(() => exportKeys({ filter, format, secrets }), t('exportFailed'));
    if (blob !== undefined) saveFile(blob, `keys.${format}`);
  };

  return (
    <Menu
      trigger={
        <Button size="icon" aria-label={t('more')}>
          <EllipsisVertical aria-hidden />
        </Button>
      }
    >
      {formats.map((format) => (
        <MenuItem
          key={format}
          needs={['keys.export', { secrets: true }]}
          disabled={total === 0}
          onSelect={() => void save(format, true)}
        >
          <Download aria-hidden />
          {t('exportKeys', { format: format.toUpperCase() })}
        </MenuItem>
      ))}
      <MenuLine />
      {formats.map((format) => (
        <MenuItem key={format} disabled={total === 0} onSelect={() => void save(format, false)}>
          <Download aria-hidden />
          {t('exportHints', { format: format.toUpperCase() })}
        </MenuItem>
      ))}
    </Menu>
  );
}
