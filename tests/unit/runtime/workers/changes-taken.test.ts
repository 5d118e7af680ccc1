import { expect, it } from 'vitest';
import { ChangesTaken } from '../../../../lib/runtime/workers/changes-taken';

it('asks the workers for each change once, and for nothing when there was none', async () => {
  let leave: () => void = () => undefined;
  const asked: (() => void)[] = [];
  const takeOver = () => new Promise<void>((resolve) => void asked.push(resolve));
  const taken = new ChangesTaken({ onOwnLeft: (tell) => void (leave = tell) }, takeOver);
  await taken.wait();
  expect(asked).toHaveLength(0);

  leave();
  const first = taken.wait();
  // What is changed meanwhile has to be asked for anew.
  leave();
  const second = taken.wait();
  expect(asked).toHaveLength(2);
  asked[1]?.();
  await second;
  asked[0]?.();
  await first;
  await taken.wait();
  expect(asked).toHaveLength(2);
});
