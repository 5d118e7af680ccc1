import type { ListItem, Rank } from '../../openai/objects/list-item';
import type { ListQuestion } from '../../openai/objects/list-question';
import type { MergedList } from '../../openai/objects/merged-list';
import type { AskFailure } from './list-asker';
import { NEAR_IDS, SHOWN_MAX, type ListPlaces, type PlaceMark, type Position } from './list-places';
import { isPart, type ReadPart } from './list-reader';

/** A page that has been put together. */
export interface MadePage {
  /** What is the same for all pages of its list. */
  readonly scope: string;
  readonly question: ListQuestion;
  readonly keyIds: readonly string[];
  /** In the order of the keys. */
  readonly parts: readonly (ReadPart | AskFailure)[];
  /** From the parts that there are. */
  readonly list: MergedList;
  /** Where it was asked to begin or to end. */
  readonly mark: PlaceMark | undefined;
}

type Used = readonly [from: number, to: number];

/** Notes where the page begins and ends in the list of each key, for the pages before and behind it. */
export function noteMarks(places: ListPlaces, page: MadePage): void {
  const { items } = page.list;
  const [first, last] = [items[0], items.at(-1)];
  const noted = [
    ['before', first, positionAhead],
    ['after', last, positionBehind],
  ] as const;
  for (const [side, shown, positionOf] of noted) {
    if (shown?.item.id === undefined) continue;
    const positions = positionsOf(page, positionOf);
    const keyId = page.keyIds[shown.keyIndex] ?? '';
    const mark = { rank: shown.item.rank, keyId, positions, shown: shownOf(page, side, shown.item.rank) };
    places.note(page.scope, side, shown.item.id, mark);
  }
}

/**
 * Of a page that shows nothing, because another one has shown all that keys gave for it: where to go on. Undefined if
 * there is nothing more, or the page shows something.
 */
export function markToGoOn(page: MadePage): PlaceMark | undefined {
  const { list, mark, question } = page;
  if (mark === undefined || list.items.length > 0 || !list.hasMore) return undefined;
  const positions = positionsOf(page, question.before === undefined ? positionBehind : positionAhead);
  return { ...mark, positions: new Map([...mark.positions, ...positions]) };
}

type PositionOf = (page: MadePage, keyId: string, keyIndex: number) => Position | undefined;

function positionsOf(page: MadePage, positionOf: PositionOf): Map<string, Position> {
  const positions = new Map<string, Position>();
  for (const [keyIndex, keyId] of page.keyIds.entries()) {
    const position = positionOf(page, keyId, keyIndex);
    if (position !== undefined) positions.set(keyId, position);
  }
  return positions;
}

function shownOf(
  { list, mark, question }: MadePage,
  side: 'before' | 'after',
  rank: Rank,
): readonly string[] {
  if (!list.hasTwins && (mark?.shown.length ?? 0) === 0) return [];
  const shown = list.items.filter(({ item }) => item.rank === rank).map(({ item }) => item.id ?? '');
  const goesOn = mark?.rank === rank && question[side] !== undefined;
  return (goesOn ? [...mark.shown, ...shown] : shown).slice(-SHOWN_MAX);
}

/** Where the page ends in a key's list. */
function positionBehind(page: MadePage, keyId: string, keyIndex: number): Position | undefined {
  const { mark, question, list, parts } = page;
  const part = parts[keyIndex];
  const isForwards = question.before === undefined;
  if (part === undefined || !isPart(part)) {
    // It goes on where it was once it answers again.
    const known = mark === undefined ? 'start' : mark.positions.get(keyId);
    return isForwards ? known : undefined;
  }
  const [from, to]: Used = list.used[keyIndex] ?? [0, 0];
  if (isForwards) return joined(idsOf(part.items.slice(from, to).toReversed()), part.from);
  const ids = idsOf(unshown(part.items.toReversed(), mark));
  return ids.length > 0 ? ids : part.hasMore || from !== to ? undefined : 'start';
}

/** Where it begins. */
function positionAhead(
  { question, list, parts, mark }: MadePage,
  _keyId: string,
  keyIndex: number,
): Position | undefined {
  const part = parts[keyIndex];
  if (part === undefined || !isPart(part)) return undefined;
  const [from, to]: Used = list.used[keyIndex] ?? [0, 0];
  const isForwards = question.before === undefined;
  const items = isForwards ? unshown(part.items.slice(from), mark) : part.items.slice(from, to);
  const ids = idsOf(items);
  return ids.length === 0 ? undefined : ids;
}

/** What another page has shown is not on this side of this page's end. */
function unshown(items: readonly ListItem[], mark: PlaceMark | undefined): readonly ListItem[] {
  if (mark === undefined || mark.shown.length === 0) return items;
  const shown = new Set(mark.shown);
  return items.filter(({ id }) => id === undefined || !shown.has(id));
}

function joined(ids: readonly string[], from: Position | undefined): Position | undefined {
  if (ids.length === 0) return from;
  return typeof from === 'object' ? [...ids, ...from].slice(0, NEAR_IDS) : ids;
}

function idsOf(items: readonly ListItem[]): readonly string[] {
  const ids: string[] = [];
  for (const { id } of items) {
    if (id !== undefined) ids.push(id);
    if (ids.length === NEAR_IDS) break;
  }
  return ids;
}
