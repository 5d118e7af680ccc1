'use client';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import type { ExploreGroup } from '@/lib/admin/contract/stats';
import type { RangeText } from '@/lib/client/ranges';
import { exploreHref } from '../explore/explore-view';

interface ExploreLinkProps {
  readonly group: ExploreGroup;
  readonly range: RangeText;
}

/** To all that a card shows a part of, over the same time. */
export function ExploreLink({ group, range }: ExploreLinkProps) {
  const t = useTranslations('overview');
  const tExplore = useTranslations('explore');
  return (
    <Link
      prefetch={false}
      href={exploreHref({ group, range })}
      aria-label={`${t('explore')}: ${tExplore(`groups.${group}`)}`}
      className="hit text-xs text-accent hover:underline"
    >
      {t('explore')}
    </Link>
  );
}
