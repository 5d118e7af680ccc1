'use client';
import { Download, EllipsisVertical, FileUp } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';
import { Menu, MenuItem } from '../ui/dropdown-menu';
import { TokenExportDialog } from './token-export-dialog';
import { TokenImportDialog } from './token-import-dialog';

/** Client tokens to a file, and from one. */
export function TokenFilesMenu() {
  const t = useTranslations('tokens.files');
  const [opened, setOpened] = useState<'export' | 'import'>();
  const close = (isOpen: boolean) => !isOpen && setOpened(undefined);
  return (
    <>
      <Menu
        trigger={
          <Button size="iconSm" aria-label={t('menu')}>
            <EllipsisVertical aria-hidden />
          </Button>
        }
      >
        <MenuItem onSelect={() => setOpened('export')}>
          <Download aria-hidden />
          {t('export')}
        </MenuItem>
        <MenuItem needs="tokens.import" onSelect={() => setOpened('import')}>
          <FileUp aria-hidden />
          {t('import')}
        </MenuItem>
      </Menu>
      <TokenExportDialog isOpen={opened === 'export'} onOpenChange={close} />
      <TokenImportDialog isOpen={opened === 'import'} onOpenChange={close} />
    </>
  );
}
