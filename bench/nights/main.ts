// `npm run nights`: simulated nights in virtual time. The balancer, blind round robin with three retries and a router
// that knows everything meet the same requests, keys and troubles; prints a table.
//   --minutes=<n>  how long a night is (60)
//   --seeds=<n>    how many nights of each scenario (5)
//   --http         instead a short night (of 3 minutes) at full load, once in virtual time and once in real time: what
//                  `npm run build` has built stands between clients and the same world behind a port
import { SeededRandom } from '../../tests/unit/balancer/support';
import { compareOverHttp } from './http';
import { live, ROUTERS, type Course, type RouterName } from './night';
import { scenarios, type Scenario } from './scenario';

const option = (name: string, otherwise: number): number =>
  Number(process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise);

const MINUTE = 60_000;
const SEED = 1_000;
const lengthMs = option('minutes', 60) * MINUTE;
const seeds = Array.from({ length: option('seeds', 5) }, (_, index) => SEED * (index + 1));
const random = (seed: number) => new SeededRandom(seed);

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

async function courses(scenario: Scenario, router: RouterName): Promise<readonly Course[]> {
  const all: Course[] = [];
  for (const seed of seeds) all.push(await live(scenario, router, random, seed));
  return all;
}

function line(scenario: Scenario, router: RouterName, all: readonly Course[], possible: number): string {
  const served = sum(all.map((course) => course.served));
  const worst = (values: readonly number[]) => (Math.max(...values) / 1000).toFixed(1);
  const recoveries = all.flatMap(({ recoveryMs }) => recoveryMs ?? []);
  return `| ${[
    scenario.name,
    scenario.load,
    router,
    (served / possible).toFixed(3),
    (sum(all.map(({ drawn429 }) => drawn429)) / served).toFixed(3),
    sum(all.map(({ wronglyDisabled }) => wronglyDisabled)),
    recoveries.length === 0 ? '' : `${worst(recoveries)} s`,
    `${worst(all.map(({ addedMsP99 }) => addedMsP99))} s`,
  ].join(' | ')} |`;
}

async function table(): Promise<void> {
  console.log(
    '| night | load | router | of what is possible | 429s drawn | wrongly disabled | back after | added, p99 |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  for (const scenario of scenarios(lengthMs)) {
    const possible = await courses(scenario, 'omniscient');
    const served = sum(possible.map((course) => course.served));
    for (const router of Object.keys(ROUTERS) as RouterName[]) {
      const all = router === 'omniscient' ? possible : await courses(scenario, router);
      console.log(line(scenario, router, all, served));
    }
  }
}

if (!process.argv.includes('--http')) await table();
else if (!(await compareOverHttp(option('minutes', 3) * MINUTE, SEED, random))) process.exitCode = 1;
