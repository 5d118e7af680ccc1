// `npm run bench:pages -- --against=<folder>`: how soon the pages of the dashboard show themselves and can be used,
// beside another build of the program (a checkout in which `npm ci && npm run build` was run), with 50,000 keys and
// traffic to show. The builds take turns, page by page, so that both meet the same machine. Figures are medians; the
// ratio is what counts.
//   --rounds=<n>   rounds; 5 if not given
//   --cpu=<n>      how many times slower the browser is made; 4 if not given, as Lighthouse does
//   --network=none no slow network; Lighthouse's slow 4G if not given
import { chromium, type Browser, type CDPSession, type Page } from '@playwright/test';
import { join } from 'node:path';
import { loadavg } from 'node:os';
import { freePort } from '../tests/support/free-port';
import { Admin } from './admin';
import { ADMIN_TOKEN, keysOf, ROOT, startGateway, type Contender } from './contenders';
import { jobFor } from './measure';
import { SMALL } from './scenarios/requests';
import { Stage } from './stage';

const PAGES = ['/login', '/', '/keys', '/providers', '/proxies', '/logs', '/settings'];
const KEYS = 50_000;
const REQUESTS = 5_000;
/** A page that starts no task of 50 ms and no request for so long has come to rest. */
const REST_MS = 1_500;
const LOOK_MS_MAX = 20_000;
/** Tasks longer than this block the person who clicks meanwhile. Source: web.dev/tbt. */
const BLOCKING_MS = 50;
/** Lighthouse's slow 4G: 1.6 Mbit/s and 150 ms there and back. */
const SLOW_4G = { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 93_750 };

interface Build {
  readonly name: string;
  readonly gateway: Contender;
  readonly origin: string;
  readonly cookies: Awaited<ReturnType<ReturnType<Page['context']>['cookies']>>;
}

interface Figures {
  readonly largestPaintMs: number;
  readonly blockedMs: number;
}

const option = (name: string): string | undefined =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);

const rounds = Number(option('rounds') ?? 5);
const cpuRate = Number(option('cpu') ?? 4);
const isSlowNetwork = option('network') !== 'none';

async function main(): Promise<void> {
  const against = option('against');
  const stage = await Stage.open();
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  try {
    const builds = [await open(stage, browser, 'this build', ROOT)];
    if (against !== undefined) builds.push(await open(stage, browser, 'the other', against));
    const figures = new Map<string, Figures[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const path of PAGES) {
        for (const build of round % 2 === 0 ? builds : builds.toReversed()) {
          const key = `${build.name} ${path}`;
          figures.set(key, [...(figures.get(key) ?? []), await look(browser, build, path)]);
        }
      }
    }
    print(builds, figures);
    for (const { gateway } of builds) await gateway.program.stop();
  } finally {
    await browser.close();
    await stage.close();
  }
}

/** A running build with many keys, traffic in its log, and the admin signed in. */
async function open(stage: Stage, browser: Browser, name: string, root: string): Promise<Build> {
  const folder = join(stage.folder, name.replaceAll(' ', '-'));
  const gateway = await startGateway({ folder, root, port: await freePort(), origins: stage.origins });
  await new Admin(gateway).importKeys('default', keysOf('many', KEYS));
  await stage.load.run(jobFor(gateway, SMALL, { kind: 'closed', connections: 8, requests: REQUESTS }));
  const origin = `http://127.0.0.1:${gateway.target('plain', '').port}`;
  const page = await browser.newPage();
  await page.goto(`${origin}/login`);
  await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname !== '/login');
  const cookies = await page.context().cookies();
  await page.context().close();
  return { name, gateway, origin, cookies };
}

/** One load of a page by a browser that has never seen it. */
async function look(browser: Browser, build: Build, path: string): Promise<Figures> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
  if (path !== '/login') await context.addCookies(build.cookies);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await slowDown(session);
  // The names that the compiler gives to functions are kept by a helper that the page does not have.
  await page.addInitScript('globalThis.__name = (value) => value');
  await page.addInitScript(observe);
  await page.goto(`${build.origin}${path}`, { waitUntil: 'load' });
  await page.waitForFunction(isAtRest, [REST_MS, LOOK_MS_MAX] as const, { polling: 200, timeout: 60_000 });
  const figures = await page.evaluate(read, BLOCKING_MS);
  await context.close();
  return figures;
}

async function slowDown(session: CDPSession): Promise<void> {
  await session.send('Network.enable');
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpuRate });
  if (isSlowNetwork) await session.send('Network.emulateNetworkConditions', SLOW_4G);
}

/** What the functions below find in the page. */
interface Watched {
  largestPaintMs: number;
  firstPaintMs: number;
  lastWorkMs: number;
  readonly tasks: { readonly at: number; readonly ms: number }[];
}

declare global {
  interface Window {
    watched: Watched;
  }
}

/** Runs in the page before all else. */
function observe(): void {
  const watched: Watched = { largestPaintMs: 0, firstPaintMs: 0, lastWorkMs: 0, tasks: [] };
  window.watched = watched;
  const on = (type: string, take: (entry: PerformanceEntry) => void): void => {
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  };
  on('largest-contentful-paint', ({ startTime }) => (watched.largestPaintMs = startTime));
  on('paint', ({ name, startTime }) => {
    if (name === 'first-contentful-paint') watched.firstPaintMs = startTime;
  });
  on('longtask', ({ startTime, duration }) => {
    watched.tasks.push({ at: startTime, ms: duration });
    watched.lastWorkMs = Math.max(watched.lastWorkMs, startTime + duration);
  });
  on('resource', (entry) => {
    watched.lastWorkMs = Math.max(watched.lastWorkMs, (entry as PerformanceResourceTiming).responseEnd);
  });
}

/** Whether the page has done nothing for a while since its last task or answer; some ask again and again. */
function isAtRest([restMs, mostMs]: readonly [number, number]): boolean {
  const { largestPaintMs, lastWorkMs } = window.watched;
  const now = performance.now();
  return largestPaintMs > 0 && (now > mostMs || now - Math.max(largestPaintMs, lastWorkMs) > restMs);
}

function read(blockingMs: number): Figures {
  const { largestPaintMs, firstPaintMs, tasks } = window.watched;
  const after = tasks.filter(({ at, ms }) => at + ms > firstPaintMs);
  return { largestPaintMs, blockedMs: after.reduce((sum, { ms }) => sum + ms - blockingMs, 0) };
}

function print(builds: readonly Build[], figures: ReadonlyMap<string, readonly Figures[]>): void {
  console.log(
    `Load of the machine ${loadavg()[0]?.toFixed(1)}; CPU 1/${cpuRate}; ${rounds} rounds; medians in ms`,
  );
  console.log('| Page | Largest paint | Blocked |');
  console.log('|---|---|---|');
  for (const path of PAGES) {
    const cells = (['largestPaintMs', 'blockedMs'] as const).map((what) => {
      const medians = builds.map(({ name }) =>
        median((figures.get(`${name} ${path}`) ?? []).map((f) => f[what])),
      );
      const [ours = 0, other] = medians;
      const beside = other === undefined ? '' : ` of ${other.toFixed(0)} (${(ours / other).toFixed(2)})`;
      return ours.toFixed(0) + beside;
    });
    console.log(`| ${path} | ${cells.join(' | ')} |`);
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

await main();
