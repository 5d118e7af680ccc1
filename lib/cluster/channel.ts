/** Events that one instance has sent together. */
export interface Parcel {
  readonly from: string;
  /** Counts what `from` has sent: a jump means that some was lost. */
  readonly number: number;
  /** So long ago by the channel's own clock; milliseconds. */
  readonly ageMs: number;
  readonly text: string;
}

export interface Parcels {
  /** To be given to the next `read`. */
  readonly position: string;
  readonly parcels: readonly Parcel[];
}

export interface Page {
  readonly from: string;
  readonly text: string;
}

/**
 * What carries things between the instances of one installation. It is fast, and may lose everything at any time.
 * Everything rejects, with a reason for people and within 2 s, while it is away; nothing is tried twice.
 */
export interface Channel {
  /** For all instances, the sender included. */
  append(parcel: Pick<Parcel, 'from' | 'number' | 'text'>): Promise<void>;
  /** What has come since; waits up to a second for it. Without a position: what comes from now on. */
  read(position: string | undefined): Promise<Parcels>;
  /** Says how the instance is. Forgotten after 15 s without another word. */
  put(page: Page): Promise<void>;
  /** Of all instances that live. */
  pages(): Promise<readonly Page[]>;
  /** Takes the page back, as far as it can, and ends everything. Never rejects. */
  close(from: string): Promise<void>;
}
