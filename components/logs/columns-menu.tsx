'use client';
import { Columns3 } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import type { LogKind } from '@/lib/admin/contract/logs';
import { Button } from '../ui/button';
import { Menu, MenuCheck, MenuHint, MenuItem, MenuLine } from '../ui/dropdown-menu';
import { isColumnShown } from './chosen-columns';
import { logColumns } from './log-columns';
import { useColumnChoices } from './use-column-choices';

/** Which columns the log shows; on a phone, what stands in the two lines of a row. */
export function ColumnsMenu({ kind }: { readonly kind: LogKind }) {
  const t = useTranslations('logs');
  const [choices, choose] = useColumnChoices(kind);
  return (
    <Menu
      trigger={
        <Button size="icon" aria-label={t('chooseColumns')}>
          <Columns3 aria-hidden />
        </Button>
      }
    >
      <MenuHint>{t('columnsHint')}</MenuHint>
      {logColumns[kind].map((column) =>
        column.isFixed === true ? null : (
          <MenuCheck
            key={column.id}
            isChecked={isColumnShown(column, choices)}
            onChange={(isShown) => choose({ ...choices, [column.id]: isShown })}
          >
            {t(`columns.${column.id}`)}
          </MenuCheck>
        ),
      )}
      <MenuLine />
      <MenuItem disabled={Object.keys(choices).length === 0} onSelect={() => choose({})}>
        {t('columnsReset')}
      </MenuItem>
    </Menu>
  );
}
