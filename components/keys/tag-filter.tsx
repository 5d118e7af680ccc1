'use client';
import { ChevronDown } from 'lucide-react';
import { useTranslations } from '@/i18n/use-translations';
import { formatCount } from '@/lib/client/format';
import { tagName, tagNames, tagsIn } from '@/lib/config/key-tags';
import { Chip } from '../shared/chip';
import { Button } from '../ui/button';
import { Menu, MenuCheck, MenuHint } from '../ui/dropdown-menu';
import { useKeyTags } from './use-key-tags';

interface TagFilterProps {
  /** With commas between them. */
  readonly tag: string;
  readonly onChange: (tag: string) => void;
}

/** Keys have all of the tags that are chosen here. Absent where no key has any. */
export function TagFilter({ tag, onChange }: TagFilterProps) {
  const t = useTranslations('keys.tags');
  const known = useKeyTags();
  const chosen = tagsIn(tag, ',');
  const names = tagNames(tag);
  const without = (name: string) => chosen.filter((one) => tagName(one) !== name).join(',');
  return (
    <>
      {known.length > 0 && (
        <Menu
          align="start"
          trigger={
            <Button>
              {t('filter')}
              <ChevronDown className="size-3.5 text-ink-faint" aria-hidden />
            </Button>
          }
        >
          <MenuHint>{t('filterHint')}</MenuHint>
          {known.map((one) => {
            const name = tagName(one.tag);
            return (
              <MenuCheck
                key={name}
                isChecked={names.includes(name)}
                onChange={(isOn) => onChange(isOn ? [...chosen, one.tag].join(',') : without(name))}
              >
                <bdi className="min-w-0 flex-1 truncate">{one.tag}</bdi>
                <span className="text-ink-faint">{formatCount(one.count)}</span>
              </MenuCheck>
            );
          })}
        </Menu>
      )}
      {chosen.map((one) => (
        <Chip key={one} label={t('is', { tag: one })} onRemove={() => onChange(without(tagName(one)))} />
      ))}
    </>
  );
}
