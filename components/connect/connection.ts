/** What a client needs to use a provider. */
export interface Connection {
  /** The path to put behind this server's address, such as `/v1`. */
  readonly path: string;
  /** Empty if it is not known. */
  readonly token: string;
  /** Empty if none is known. */
  readonly model: string;
}
