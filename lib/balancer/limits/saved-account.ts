/** What was used, by seconds since the epoch. */
export type SavedSeconds = (readonly [second: number, amount: number])[];

/** What a restart must not forget of a meter; short names, because there is one for each key. */
export interface SavedMeter {
  /** Requests. */
  readonly r?: SavedSeconds;
  /** Tokens. */
  readonly t?: SavedSeconds;
  /** The end of the day in milliseconds since the epoch, requests, tokens. */
  readonly d?: readonly [to: number, requests: number, tokens: number];
}

/** What other instances have to know of a meter. */
export interface SharedMeter extends SavedMeter {
  /** In flight: requests, and tokens reserved for them. */
  readonly f: readonly [requests: number, tokens: number];
}

/** What another process had taken of an account, as far as has been heard. */
export type HeardTaken = readonly [process: string, requests: number, tokens: number];

/** What other instances have to know of an account. */
export interface SharedAccount {
  /** By the clock of whoever says it; milliseconds since the epoch. */
  readonly at: number;
  /** Its requests so far, and their tokens: comes back to whoever says it, and tells him what others have heard. */
  readonly taken: readonly [requests: number, tokens: number];
  /** What is new of that; older versions do not say. */
  readonly heard?: readonly HeardTaken[] | undefined;
  readonly whole?: SharedMeter | undefined;
  readonly models: readonly (readonly [model: string, meter: SharedMeter])[];
}

/** What one process has used of an account. */
export interface SavedPart {
  /** When it was saved; milliseconds since the epoch. */
  readonly at: number;
  readonly whole?: SavedMeter | undefined;
  readonly models?: (readonly [model: string, meter: SavedMeter])[] | undefined;
}

/** What a restart must not forget of an account: what whoever wrote last has used, and beside it what others have. */
export interface SavedAccount extends SavedPart {
  /** The name that answers gave it. */
  readonly name?: string | undefined;
  /** Who wrote it; older versions do not say. */
  readonly by?: string | undefined;
  readonly others?: (readonly [by: string, part: SavedPart])[] | undefined;
}

/** Undefined for what no version of this program has written. */
export function readSavedAccount(text: string): SavedAccount | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isAccount(value) ? value : undefined;
}

function isAccount(value: unknown): value is SavedAccount {
  return (
    isPart(value) &&
    isTextOrNone(value.name) &&
    isTextOrNone(value.by) &&
    (value.others === undefined || isListOf(value.others, isOthersPart))
  );
}

function isOthersPart(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && isPart(value[1]);
}

/** Whether some version of this program has saved it. */
export function isPart(value: unknown): value is SavedPart & Readonly<Record<string, unknown>> {
  return (
    isObject(value) &&
    typeof value.at === 'number' &&
    (value.whole === undefined || isMeter(value.whole)) &&
    (value.models === undefined || isListOf(value.models, isModel))
  );
}

/** Whether some version of this program has shared it. */
export function isSharedAccount(value: unknown): value is SharedAccount {
  if (!isObject(value)) return false;
  const { at, taken, heard = [], whole, models } = value;
  return (
    typeof at === 'number' &&
    isNumbers(2)(taken) &&
    isListOf(heard, isHeard) &&
    (whole === undefined || isSharedMeter(whole)) &&
    isListOf(models, (model) => isModel(model) && isSharedMeter((model as unknown[])[1]))
  );
}

function isHeard(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === 'string' && isNumbers(2)(value.slice(1));
}

function isSharedMeter(value: unknown): boolean {
  return isMeter(value) && isNumbers(2)((value as { readonly f?: unknown }).f);
}

function isModel(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && isMeter(value[1]);
}

function isMeter(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { r = [], t = [], d = [0, 0, 0] } = value;
  return isListOf(r, isNumbers(2)) && isListOf(t, isNumbers(2)) && isNumbers(3)(d);
}

function isNumbers(length: number): (value: unknown) => boolean {
  return (value) => isListOf(value, (one) => typeof one === 'number') && value.length === length;
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): value is unknown[] {
  return Array.isArray(value) && value.every(isOne);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
