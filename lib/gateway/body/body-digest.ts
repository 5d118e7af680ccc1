import { FormDigest } from '../../openai/request/form-digest';
import { JsonDigest } from '../../openai/request/json-digest';
import { boundaryOf } from '../../openai/request/multipart';
import { mediaType } from '../../openai/request/media-type';
import { readsAsJson } from '../../openai/request/filtered-body';
import { isIdentity } from '../../upstream/answer/decoding';

/** Bodies up to this size are read whole, if need be. */
export const READ_WHOLE_BYTES = 64 * 1024 * 1024;

/** What is kept of a body, while it comes, so that its head can be read without all of it. */
export interface BodyDigest {
  add(chunk: Buffer): void;
  /** A body of the same kind, without most of its long values. */
  readonly bytes: Buffer;
  /** Where in the body stands what is at this place of `bytes`, if it was kept. */
  placeOf(at: number): number;
  /** Bytes of memory that it takes. */
  readonly length: number;
  /** Not even what is needed of it could be kept. */
  readonly isFull: boolean;
}

/** Undefined for a body that is read whole, or of which nothing is read. `isReadWhole`: it is small enough for that. */
export function digestOf(
  contentType: string | undefined,
  encoding: string | undefined,
  beginning: Buffer,
  isReadWhole: boolean,
): BodyDigest | undefined {
  if (encoding !== undefined && !isIdentity(encoding)) return undefined;
  const type = mediaType(contentType);
  if (type === 'multipart/form-data') {
    const boundary = boundaryOf(contentType ?? '');
    return boundary === undefined ? undefined : new FormDigest(boundary);
  }
  return !isReadWhole && readsAsJson(beginning, type) ? new JsonDigest() : undefined;
}
