import type { Rank } from '../../openai/objects/list-item';

/** Of one key: the ids next to a place, the nearest first; `start` if there is nothing of it before the place. */
export type Position = readonly string[] | 'start';

/** Where a page began or ended, in the list of each key. */
export interface PlaceMark {
  readonly rank: Rank;
  /** Of the item at this place. */
  readonly keyId: string;
  /** By key; none of a key of which nobody knows. */
  readonly positions: ReadonlyMap<string, Position>;
  /** Objects of this rank that have been shown, where several keys have the same: another key may show them again. */
  readonly shown: readonly string[];
}

/** About 2 MB. */
const MARKS_MAX = 1_000;
const SCOPE_LENGTH_MAX = 500;
/** Of one mark. */
export const SHOWN_MAX = 2_000;
/** Some of them may be deleted meanwhile. */
export const NEAR_IDS = 4;

/**
 * Where pages of lists have begun and ended of late, by the cursor that a client will name for the next one: then no
 * key's list is read again from its start, and nothing depends on whether the cursor's object is still there.
 */
export class ListPlaces {
  readonly #marks = new Map<string, PlaceMark>();

  /** `scope`: what is the same for all pages of a list. */
  find(scope: string, side: 'after' | 'before', id: string): PlaceMark | undefined {
    return this.#marks.get(nameOf(scope, side, id));
  }

  note(scope: string, side: 'after' | 'before', id: string, mark: PlaceMark): void {
    if (scope.length > SCOPE_LENGTH_MAX) return;
    const name = nameOf(scope, side, id);
    this.#marks.delete(name);
    this.#marks.set(name, mark);
    if (this.#marks.size <= MARKS_MAX) return;
    const [oldest] = this.#marks.keys();
    if (oldest !== undefined) this.#marks.delete(oldest);
  }
}

function nameOf(scope: string, side: string, id: string): string {
  return `${scope} ${side} ${id}`;
}
