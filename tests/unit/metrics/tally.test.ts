import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { Tally } from '../../../lib/metrics/tally';
import { parsePrometheus } from '../../support/prometheus';

const KIND = '# HELP of of\n# TYPE of counter\n';

function tallyIn(registry: Registry): Tally {
  return new Tally({ name: 'of', help: 'of', labelNames: ['a', 'b'], registers: [registry] });
}

const read = async (registry: Registry) => parsePrometheus(await registry.metrics());
const told = (lines: string) => parsePrometheus(`${KIND}${lines}`);

it('tells all that was added, however often it is asked, and in each form', async () => {
  const registry = new Registry();
  const tally = tallyIn(registry);
  tally.add(1, 'x', 'y');
  tally.add(2, 'x', 'y');
  expect(await read(registry)).toEqual(told('of{a="x",b="y"} 3\n'));
  tally.add(4, 'x', 'y');
  tally.add(0.5, 'y', 'x');
  tally.add(1, '', 'y');
  const whole = told('of{a="x",b="y"} 7\nof{a="y",b="x"} 0.5\nof{a="",b="y"} 1\n');
  expect(await read(registry)).toEqual(whole);
  expect(await read(registry)).toEqual(whole);
  const [metric] = await registry.getMetricsAsJSON();
  expect(metric).toMatchObject({
    values: [
      { labels: { a: 'x', b: 'y' }, value: 7 },
      { labels: { a: 'y', b: 'x' }, value: 0.5 },
      { labels: { a: '', b: 'y' }, value: 1 },
    ],
  });
});

it('has no series of what never happened', async () => {
  const registry = new Registry();
  tallyIn(registry);
  expect(await read(registry)).toEqual(told(''));
});
