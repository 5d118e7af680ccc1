/**
 * Text as a stream of bytes. The next piece is made when the reader asks for it and not before, so a slow one holds one
 * piece in memory; a reader that leaves ends the making with the piece under way.
 */
export function fileStream(chunks: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = chunks[Symbol.asyncIterator]();
  let hasLeft = false;
  return new ReadableStream(
    {
      async pull(controller) {
        while (!hasLeft) {
          const next = await iterator.next();
          if (hasLeft) return;
          if (next.done === true) return controller.close();
          if (next.value === '') continue;
          return controller.enqueue(encoder.encode(next.value));
        }
      },
      async cancel() {
        hasLeft = true;
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
