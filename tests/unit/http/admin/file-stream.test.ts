import { expect, it } from 'vitest';
import { fileStream } from '../../../../lib/http/admin/file-stream';

/** Pieces without end, and how many have been made. */
function endless(piece: (index: number) => string) {
  const made = { count: 0, isClosed: false };
  async function* chunks() {
    try {
      for (;;) {
        await Promise.resolve();
        yield piece(made.count++);
      }
    } finally {
      made.isClosed = true;
    }
  }
  return { made, stream: fileStream(chunks()) };
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

it('makes no piece before it is asked for, so a slow reader holds nothing in memory', async () => {
  const { made, stream } = endless((index) => `${index}\n`);
  await settled();
  expect(made.count).toBe(0);
  const reader = stream.getReader();
  await reader.read();
  await settled();
  expect(made.count).toBe(1);
  await reader.cancel();
});

it('a reader that leaves ends the making', async () => {
  const { made, stream } = endless(String);
  const reader = stream.getReader();
  await reader.read();
  await reader.cancel();
  await settled();
  expect(made).toEqual({ count: 1, isClosed: true });
});

it('a reader that leaves ends the making also while nothing is found', async () => {
  const { made, stream } = endless(() => '');
  const reader = stream.getReader();
  const read = reader.read();
  await settled();
  await reader.cancel();
  await read;
  const { count } = made;
  await settled();
  expect(made).toEqual({ count, isClosed: true });
});

it('gives all pieces in order and ends', async () => {
  async function* chunks() {
    yield 'a';
    yield '';
    await Promise.resolve();
    yield 'ä';
  }
  expect(await new Response(fileStream(chunks())).text()).toBe('aä');
});
