const TIME_CHARACTERS = 9;

/**
 * What the id of a log row begins with: its time, so that ids sort by time. Below every id of that millisecond and of
 * later ones.
 */
export function logIdTime(atMs: number): string {
  return Math.max(0, Math.floor(atMs)).toString(36).padStart(TIME_CHARACTERS, '0');
}

/** The part of an id that is its time. */
export function timePartOf(id: string): string {
  return id.slice(0, TIME_CHARACTERS);
}

/** The time that an id begins with. */
export function timeOfLogId(id: string): number {
  return Number.parseInt(timePartOf(id), 36);
}
