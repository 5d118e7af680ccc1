import { GrowingBuffer } from '../../openai/json/growing-buffer';

/** The body of a request, or undefined if it is larger than that; then what is left of it has not been read. */
export async function readLimited(request: Request, bytesMax: number): Promise<Buffer | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) return undefined;
  if (request.body === null) return Buffer.alloc(0);
  const body = new GrowingBuffer();
  let bytes = 0;
  const reader = request.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.byteLength;
    if (bytes > bytesMax) return undefined;
    body.append(Buffer.from(part.value));
  }
  return body.take();
}
