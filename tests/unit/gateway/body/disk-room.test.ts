import { expect, it } from 'vitest';
import { DiskRoom } from '../../../../lib/gateway/body/disk-room';

const MB = 2 ** 20;

/** A disk of so many MB of which so many are free. */
function roomOn(disk: { blocks: number; bavail: number }) {
  let looks = 0;
  const room = new DiskRoom('/bodies', (folder) => {
    expect(folder).toBe('/bodies');
    looks += 1;
    return Promise.resolve({ bsize: MB, ...disk });
  });
  return { room, looks: () => looks };
}

it('is looked at after each 8 MB, whichever bodies they are of', async () => {
  const { room, looks } = roomOn({ blocks: 100_000, bavail: 50_000 });
  for (let n = 0; n < 15; n += 1) await room.written(MB);
  expect(looks()).toBe(1);
  await room.written(MB);
  expect(looks()).toBe(2);
});

it.each([
  { blocks: 100_000, bavail: 256, isEnough: true },
  { blocks: 100_000, bavail: 255, isEnough: false },
  { blocks: 100, bavail: 10, isEnough: true },
  { blocks: 100, bavail: 9, isEnough: false },
])('of $blocks MB with $bavail left is enough: $isEnough', async ({ isEnough, ...disk }) => {
  const written = roomOn(disk).room.written(8 * MB);
  if (isEnough) await expect(written).resolves.toBeUndefined();
  else await expect(written).rejects.toMatchObject({ code: 'ENOSPC' });
});
