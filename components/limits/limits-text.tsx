'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { LimitsItem } from '@/lib/admin/contract/limits';
import { formatCount } from '@/lib/client/format';
import { isolated } from '@/lib/client/isolated';
import { useNames } from './limits-draft';

type Translate = ReturnType<typeof useTranslations<'limits.short'>>;

/** Limits in a few words. */
export function useLimitsText(): (limits: LimitsItem) => string {
  const t = useTranslations('limits.short');
  return ({ models = {}, dayResetsAt, ...uses }) => {
    const ofModels = Object.entries(models).map(([model, own]) =>
      t('ofModel', { model: isolated(model), limits: usesText(own, t) }),
    );
    const day = dayResetsAt === undefined ? '' : t('dayResetsAt', dayResetsAt);
    return [usesText(uses, t), ...ofModels, day].filter((text) => text !== '').join('; ');
  };
}

function usesText(uses: LimitsItem, t: Translate): string {
  const texts = useNames.flatMap((name) => {
    const value = uses[name];
    return value === undefined ? [] : [t(name, { value: formatCount(value) })];
  });
  return texts.join(', ');
}
