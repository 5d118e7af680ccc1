'use client';
import { useTranslations } from '@/i18n/use-translations';
import { formatCount } from '@/lib/client/format';
import { Countdown } from '../shared/time';
import { Progress } from '../ui/progress';
import { shareLeft, sourcesOf, type NamedRoom } from './capacity-view';

/** Each limit that is known, with a bar of what is left. */
export function RoomList({ rooms }: { readonly rooms: readonly NamedRoom[] }) {
  return (
    <ul className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
      {rooms.map((named) => (
        <RoomRow key={named.name} {...named} />
      ))}
    </ul>
  );
}

/** Little is left. */
const LOW = 0.1;

function RoomRow({ name, room }: NamedRoom) {
  const t = useTranslations('capacity');
  const { left, limit, resetsAt } = room;
  const share = shareLeft(room);
  const tone = left === 0 ? 'bad' : share <= LOW ? 'warn' : 'accent';
  return (
    <li className="grid min-w-0 content-start gap-1">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="text-xs text-ink-soft">{t(`names.${name}`)}</span>
        <span className="text-sm font-medium tabular-nums">
          {formatCount(left)}
          {limit !== null && (
            <span className="font-normal text-ink-faint"> {t('ofLimit', { limit: formatCount(limit) })}</span>
          )}
        </span>
      </div>
      {limit !== null && (
        <Progress value={left} max={limit} tone={tone} label={t('barLabel', { name: t(`names.${name}`) })} />
      )}
      <p className="text-xs text-ink-faint">
        {sourcesOf(room)
          .map((source) => t(`sources.${source}`))
          .join(', ')}
        {resetsAt !== null && (
          <>
            {' · '}
            {t('backIn')} <Countdown until={resetsAt} />
          </>
        )}
      </p>
    </li>
  );
}
