import { readSavedAccount, type SavedAccount, type SavedMeter, type SavedPart } from './saved-account';

/** Seconds that a minute counts, with the one that is going on. */
const MINUTE_SECONDS = 61;
/** Who is started under a new name each time leaves a part each time. */
const PARTS_MAX = 64;

/** What each process has used of the account, by its name; an empty name for a version that did not say. */
export function partsOf({
  at,
  whole,
  models,
  by = '',
  others = [],
}: SavedAccount): ReadonlyMap<string, SavedPart> {
  return new Map([...others, [by, { at, whole, models }]]);
}

/**
 * What is to be written where `stored` stands: `own` in place of what the same process wrote before, and beside it what
 * others have written, as long as it counts.
 */
export function joinedUses(stored: string | null, own: string, by: string): string {
  const end = `,"by":${JSON.stringify(by)}}`;
  // Of most keys nobody else has written, and there are many: nothing is read for them.
  if ((stored === null || stored.endsWith(end)) && isOwn(own)) return own.slice(0, -1) + end;
  const account = readSavedAccount(own);
  if (account === undefined) return own;
  const before = stored === null ? undefined : readSavedAccount(stored);
  const parts = new Map(before && partsOf(before));
  parts.delete(by);
  const others = [...parts]
    .flatMap(([name, part]) => {
      const rest = restOf(part, account.at);
      return rest === undefined ? [] : [[name, rest] as const];
    })
    .sort(([, one], [, other]) => other.at - one.at)
    .slice(0, PARTS_MAX);
  return JSON.stringify({
    ...account,
    by,
    ...(others.length > 0 && { others }),
  } satisfies SavedAccount);
}

/** As `Account.saved` writes it: an object, without names of processes. */
function isOwn(text: string): boolean {
  return text.startsWith('{"at":') && !text.includes('"by":') && !text.includes('"others":');
}

/** What of it still counts; undefined for nothing. */
function restOf({ at, whole, models = [] }: SavedPart, now: number): SavedPart | undefined {
  const wholeRest = whole && meterRest(whole, now);
  const modelsRest = models.flatMap(([model, meter]) => {
    const rest = meterRest(meter, now);
    return rest === undefined ? [] : [[model, rest] as const];
  });
  if (wholeRest === undefined && modelsRest.length === 0) return undefined;
  return {
    at,
    ...(wholeRest && { whole: wholeRest }),
    ...(modelsRest.length > 0 && { models: modelsRest }),
  };
}

function meterRest({ r = [], t = [], d }: SavedMeter, now: number): SavedMeter | undefined {
  const over = Math.floor(now / 1_000) - MINUTE_SECONDS;
  const requests = r.filter(([second]) => second > over);
  const tokens = t.filter(([second]) => second > over);
  const isToday = d !== undefined && d[0] > now;
  if (requests.length + tokens.length === 0 && !isToday) return undefined;
  return {
    ...(requests.length > 0 && { r: requests }),
    ...(tokens.length > 0 && { t: tokens }),
    ...(isToday && { d }),
  };
}
