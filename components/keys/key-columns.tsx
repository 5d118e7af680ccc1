'use client';
import { useMemo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyItem } from '@/lib/admin/contract/keys';
import { useSteady } from '../shared/use-steady';
import type { Column } from '../shared/virtual-table-props';
import { Checkbox } from '../ui/checkbox';
import { chosenColumns } from '../shared/columns/chosen-columns';
import { useColumnChoices } from '../shared/columns/use-column-choices';
import { KEY_COLUMNS, keyCellsFor } from './key-cells';
import { useKeyTags } from './use-key-tags';
import type { KeyPicks } from './use-key-picks';

/** The checkbox that selects a key, then the cells of its row. */
export function useKeyColumns(picks: KeyPicks): readonly Column<KeyItem>[] {
  const select = useSelectColumn(picks);
  const [choices] = useColumnChoices(KEY_COLUMNS);
  const titled = useKeyColumnTitles();
  return useMemo(() => {
    const titles = new Map<string, string>(titled.map(({ id, title }) => [id, title]));
    const shown = chosenColumns<KeyItem>(titled, choices);
    return [select, ...shown.map((column) => ({ ...column, header: titles.get(column.id) }))];
  }, [titled, choices, select]);
}

/** All columns by name, to choose from. */
export function useKeyColumnTitles() {
  const t = useTranslations('keys');
  const hasTags = useKeyTags().length > 0;
  return useMemo(
    () => keyCellsFor(hasTags).map((column) => ({ ...column, title: t(`columns.${column.title}`) })),
    [t, hasTags],
  );
}

function useSelectColumn(picks: KeyPicks): Column<KeyItem> {
  const { isSelected, isAllSelected } = picks;
  // They read the list, which is another one after each scroll.
  const [toggle, toggleAll] = [useSteady(picks.toggle), useSteady(picks.toggleAll)];
  const t = useTranslations('keys');
  const hasSelection = picks.count > 0;
  // Everything that passes the filter is meant, so single keys cannot be left out.
  const isFixed = picks.selection.kind === 'filter';
  return useMemo(
    () => ({
      id: 'select',
      track: '1rem',
      header: (
        <Checkbox
          aria-label={t('selectAll')}
          checked={isAllSelected ? true : hasSelection ? 'indeterminate' : false}
          onCheckedChange={toggleAll}
        />
      ),
      cell: (key, index) => (
        <Checkbox
          aria-label={t('select', { hint: key.hint })}
          tabIndex={-1}
          checked={isSelected(key)}
          disabled={isFixed}
          onClick={(event) => {
            event.preventDefault();
            toggle(key, index, event.shiftKey);
          }}
        />
      ),
    }),
    [t, isSelected, isAllSelected, isFixed, hasSelection, toggle, toggleAll],
  );
}
