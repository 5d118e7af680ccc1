/** What an upstream's answer says of one of the key's limits, as its headers do. */
export interface SeenLimit {
  readonly of: 'requests' | 'tokens';
  /** Milliseconds that the limit is for, if the answer tells: a minute, a day. */
  readonly spanMs?: number | undefined;
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  /** When it is whole again; milliseconds since the epoch. */
  readonly resetAt?: number | undefined;
  /** Milliseconds in which one comes back, if its reset looks as if it came back bit by bit. */
  readonly unitMs?: number | undefined;
  /** When the first of it is back, if a refusal tells; milliseconds since the epoch. */
  readonly oneBackAt?: number | undefined;
}
