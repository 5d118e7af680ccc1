import { timeOfWall, wallTime } from '../../lib/client/zone';
import type { LogView } from './log-view';

/** What is typed into the form of the filters. */
export interface FilterDraft {
  readonly model: string;
  readonly token: string;
  /** An id, or the hint of a key that is to be found. */
  readonly key: string;
  readonly outcome: string;
  /** Seconds. */
  readonly least: string;
  readonly most: string;
  /** By the clock of the dashboard's zone. */
  readonly from: string;
  readonly to: string;
}

export function filterDraftOf(view: LogView, zone: string): FilterDraft {
  const { model, token, keyId: key, outcome } = view;
  return {
    ...{ model, token, key, outcome },
    least: secondsOf(view.durationMsMin),
    most: secondsOf(view.durationMsMax),
    from: wallOf(view.from, zone),
    to: wallOf(view.to, zone),
  };
}

export type FilterProblem = 'least' | 'most' | 'to';

/** What does not go together: a longest time below the shortest, an end before the beginning. */
export function problemOf({ least, most, from, to }: FilterDraft): FilterProblem | undefined {
  if (isNoNumber(least)) return 'least';
  if (isNoNumber(most) || (least !== '' && most !== '' && Number(most) < Number(least))) return 'most';
  return from !== '' && to !== '' && to < from ? 'to' : undefined;
}

/** The change of the view. From and to take the place of a window that moves on. */
export function filterPatchOf(draft: FilterDraft, keyId: string, zone: string): Partial<LogView> {
  const { from, to } = draft;
  return {
    model: draft.model.trim(),
    token: draft.token.trim(),
    keyId,
    outcome: draft.outcome,
    durationMsMin: millisecondsOf(draft.least),
    durationMsMax: millisecondsOf(draft.most),
    from: textOf(from, zone),
    to: textOf(to, zone),
    ...((from !== '' || to !== '') && { since: '' }),
  };
}

const isNoNumber = (text: string) => text !== '' && !(Number(text) >= 0);

const secondsOf = (ms: string) => (ms === '' ? '' : String(Number(ms) / 1000));

const millisecondsOf = (seconds: string) =>
  seconds.trim() === '' ? '' : String(Math.round(Number(seconds) * 1000));

function wallOf(text: string, zone: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? '' : wallTime(at, zone);
}

function textOf(wall: string, zone: string): string {
  const at = timeOfWall(wall, zone);
  return at === undefined ? '' : `${new Date(at).toISOString().slice(0, 16)}Z`;
}
