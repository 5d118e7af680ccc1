import type { EgressState } from '../../balancer/egress/state';
import type { EgressTest } from './probe-egress';
import { checkEgress, passesDirectly } from '../../upstream/egress/egress-check';

/** Ways to the same addresses that are not the tested proxy. */
export interface OtherWays {
  /** Proxies that are well, as far as is known. */
  readonly proxies: readonly EgressState[];
  /** The only address that may be asked without a proxy: providers are to see the proxies' addresses alone. */
  readonly directUrl: string;
}

/** Each of them may take the whole time. */
const OTHER_PROXIES_MAX = 2;
/** A name that was looked up on this side. */
const LOOKUP = /\bgetaddrinfo\b/;

/**
 * Tests a proxy at one address after the other until one passes: no one address speaks for it. If none does, and it may
 * be those addresses that are not there, the proxy is accused only if one of them answers another way.
 */
export async function testEgress(
  address: string,
  urls: readonly string[],
  ways: OtherWays,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<EgressTest> {
  const hosts = new Map([...urls].reverse().map((url) => [new URL(url).host, url]));
  const inOrder = [...hosts.values()].reverse();
  const test = await checkAtEach(address, inOrder, timeoutMs, signal);
  const isOpenWhose = test.error !== undefined && test.at !== 'egress' && test.isOwnTrouble !== true;
  if (!isOpenWhose || signal.aborted) return test;
  const witness = await answersAnotherWay(hosts, ways, timeoutMs, signal);
  if (witness !== undefined) {
    return { ...test, at: 'egress', error: `${test.error}, while ${witness} answers another way` };
  }
  return test.at === 'either'
    ? { ...test, error: `${test.error}: it may be the proxy, or what lies behind it` }
    : test;
}

async function checkAtEach(
  address: string,
  urls: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<EgressTest> {
  const tried: { readonly address: string; readonly error: string | null }[] = [];
  let last: EgressTest | undefined;
  for (const url of urls) {
    const result = await checkEgress(address, url, timeoutMs, signal);
    tried.push({ address: new URL(url).host, error: result.error ?? null });
    if (result.error === undefined || signal.aborted) return { ...result, tried };
    // The name of one address may not be found here; that of the next one may, and tells more.
    last = last !== undefined && tellsMore(last, result) ? { ...last, tried } : { ...result, tried };
    // It is not there, for any address.
    if (result.isUnreachable === true) break;
  }
  return last ?? { latencyMs: undefined, status: undefined, error: 'there is nothing to test it at', tried };
}

/** A proxy that says that it has not got through is there; one that refuses us has spoken too. */
function tellsMore(before: EgressTest, now: EgressTest): boolean {
  const hasSpoken = ({ at, isOwnTrouble, error }: EgressTest): boolean =>
    at === 'upstream' && isOwnTrouble !== true && !LOOKUP.test(error ?? '');
  if (hasSpoken(before)) return true;
  return before.at === 'egress' && now.at === 'either';
}

/** One of the hosts that answers; undefined if none does. */
async function answersAnotherWay(
  hosts: ReadonlyMap<string, string>,
  { proxies, directUrl }: OtherWays,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const isFound = new AbortController();
  const untilFound = AbortSignal.any([signal, isFound.signal]);
  const questions = proxies.slice(0, OTHER_PROXIES_MAX).flatMap(({ config }) =>
    [...hosts].map(async ([host, url]) => {
      const { error } = await checkEgress(config.url, url, timeoutMs, untilFound);
      return witness(host, error === undefined);
    }),
  );
  const directHost = new URL(directUrl).host;
  if (hosts.has(directHost)) {
    const isThere = passesDirectly(directUrl, timeoutMs, untilFound);
    questions.push(isThere.then((passes) => witness(directHost, passes)));
  }
  return Promise.any(questions)
    .catch(() => undefined)
    .finally(() => isFound.abort());
}

function witness(host: string, hasAnswered: boolean): string {
  if (!hasAnswered) throw new Error(`${host} does not answer`);
  return host;
}
