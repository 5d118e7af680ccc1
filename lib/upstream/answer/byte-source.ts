/** Where an answer's bytes come from: the connection, or a decoder behind it. */
export interface ByteSource {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}
