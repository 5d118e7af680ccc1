'use client';
import { useTranslations } from '@/i18n/use-translations';
import { formatCount } from '@/lib/client/format';
import { isOfToday, type NamedRoom } from './capacity-view';

/** What is left, in a few words: `7 of 10 requests/min`. */
export function useRoomText(): (named: NamedRoom) => string {
  const t = useTranslations('capacity');
  const short = useTranslations('limits.short');
  const other = useTranslations('capacity.short');
  return ({ name, room: { left, limit } }) => {
    const value =
      limit === null ? formatCount(left) : t('of', { left: formatCount(left), limit: formatCount(limit) });
    return name === 'requests' || name === 'tokens' ? other(name, { value }) : short(name, { value });
  };
}

interface RoomsTextProps {
  readonly rooms: readonly NamedRoom[];
  /** Keys of which anything is known: what is known of fewer says of how many. */
  readonly known: number;
}

/** Now, and then today. */
export function RoomsText({ rooms, known }: RoomsTextProps) {
  const t = useTranslations('capacity');
  const roomText = useRoomText();
  const textOf = (named: NamedRoom) => {
    const { room } = named;
    const text = roomText(named);
    return 'keys' in room && room.keys < known ? t('ofKeys', { text, keys: room.keys }) : text;
  };
  const [now, today] = [rooms.filter((one) => !isOfToday(one)), rooms.filter(isOfToday)];
  return (
    <>
      {now.length > 0 && (
        <span>
          <span className="text-ink-faint">{t('now')}</span> {now.map(textOf).join(', ')}
        </span>
      )}
      {today.length > 0 && (
        <span>
          <span className="text-ink-faint">{t('today')}</span> {today.map(textOf).join(', ')}
        </span>
      )}
    </>
  );
}
