'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { TokenPreview } from '@/lib/client/tokens';
import { Counts } from '../shared/counts';
import { useSaid } from '../shared/use-said';
import { Badge, type Tone } from '../ui/badge';

interface TokenImportPreviewProps {
  readonly preview: TokenPreview;
}

type Item = TokenPreview['items'][number];

const tones = {
  new: 'good',
  changed: 'accent',
  skipped: 'neutral',
  refused: 'warn',
} as const satisfies Record<Item['outcome'], Tone>;

/** Before anything is written: what becomes of each token, those that are refused first. */
export function TokenImportPreview({ preview }: TokenImportPreviewProps) {
  const t = useTranslations('tokens.files');
  const said = useSaid();
  const { added, updated, skipped, refused } = preview;
  const isRefused = ({ outcome }: Item) => outcome === 'refused';
  const items = [...preview.items.filter(isRefused), ...preview.items.filter((item) => !isRefused(item))];
  return (
    <div className="grid min-w-0 gap-2" aria-live="polite">
      <Counts
        counts={[
          { label: t('outcomes.new'), value: added },
          { label: t('outcomes.changed'), value: updated },
          { label: t('outcomes.skipped'), value: skipped },
          { label: t('outcomes.refused'), value: refused, isDoubtful: true },
        ]}
      />
      {refused > 0 && <p className="text-xs text-warn">{t('leftOut', { count: refused })}</p>}
      <ul
        className="grid max-h-60 overflow-y-auto rounded-md border border-line text-xs"
        tabIndex={0}
        aria-label={t('preview')}
      >
        {items.map((item, index) => (
          <li
            key={index}
            className="flex items-center justify-between gap-3 border-b border-line px-2.5 py-1 last:border-b-0"
          >
            <span className="min-w-0">
              <span className="block [overflow-wrap:anywhere]">
                {item.name === '' ? '–' : item.name}{' '}
                {item.hint !== null && <span className="font-mono text-ink-faint">{item.hint}</span>}
              </span>
              {item.problem !== null && (
                <span className="block [overflow-wrap:anywhere] text-warn">{said(item, 'problem')}</span>
              )}
            </span>
            <Badge tone={tones[item.outcome]}>{t(`outcomes.${item.outcome}`)}</Badge>
          </li>
        ))}
      </ul>
    </div>
  );
}
