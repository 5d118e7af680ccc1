'use client';
import { Columns3 } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../../ui/button';
import { Menu, MenuCheck, MenuHint, MenuItem, MenuLine } from '../../ui/dropdown-menu';
import { isColumnShown, type Choosable } from './chosen-columns';
import { useColumnChoices } from './use-column-choices';

interface ColumnsMenuProps {
  /** What the choices are kept under. */
  readonly list: string;
  readonly columns: readonly (Choosable & { readonly title: string })[];
}

/** Which columns a list shows; on a phone, what stands in the two lines of a row. */
export function ColumnsMenu({ list, columns }: ColumnsMenuProps) {
  const t = useTranslations('common.columns');
  const [choices, choose] = useColumnChoices(list);
  return (
    <Menu
      trigger={
        <Button size="icon" aria-label={t('choose')}>
          <Columns3 aria-hidden />
        </Button>
      }
    >
      <MenuHint>{t('hint')}</MenuHint>
      {columns.map((column) =>
        column.isFixed === true ? null : (
          <MenuCheck
            key={column.id}
            isChecked={isColumnShown(column, choices)}
            onChange={(isShown) => choose({ ...choices, [column.id]: isShown })}
          >
            {column.title}
          </MenuCheck>
        ),
      )}
      <MenuLine />
      <MenuItem disabled={Object.keys(choices).length === 0} onSelect={() => choose({})}>
        {t('reset')}
      </MenuItem>
    </Menu>
  );
}
