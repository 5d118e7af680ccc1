import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { instanceId } from '../../../lib/process/instance-id';
import { tempDir } from '../../support/temp-dir';

async function folder(): Promise<string> {
  const dir = await tempDir('instance');
  onTestFinished(() => dir.remove());
  return dir.path;
}

it('is made once for each data folder, which it makes too', async () => {
  const [one, other] = [join(await folder(), 'data'), await folder()];
  const id = instanceId(one);
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(instanceId(one)).toBe(id);
  expect(instanceId(other)).not.toBe(id);
});

it('is the same each time where nothing can be written, or what was written is spoilt', async () => {
  const dir = await folder();
  writeFileSync(join(dir, 'file'), '');
  writeFileSync(join(dir, 'instance-id'), 'spoilt');
  for (const place of [join(dir, 'file', 'below'), dir]) {
    expect(instanceId(place)).toMatch(/^[0-9a-f]{16}$/);
    expect(instanceId(place)).toBe(instanceId(place));
  }
});
