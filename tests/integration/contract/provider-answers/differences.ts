import type { KeyItem } from '../../../../lib/admin/contract/keys';
import type { Expected, ExpectedKey } from './case';
import type { Played, Served } from './play';

/** What a case is about, as it was in the end. */
export interface Got extends Played {
  readonly badHits: number;
  /** `outcome:status` of each row of the log. */
  readonly outcomes: readonly string[];
}

/** What the clients, the upstream and the log show otherwise than expected, in words. */
export function trafficDifferences(expected: Expected, got: Got): string[] {
  const { badHitsMax, outcomeExcludes } = expected;
  return [
    ...statusDifferences(expected, got),
    ...tagDifferences(expected, got.served),
    ...(badHitsMax !== undefined && got.badHits > badHitsMax
      ? [`bad answer fetched ${got.badHits}x, want <= ${badHitsMax}`]
      : []),
    ...textDifferences(expected, got.served),
    ...limitDifferences(expected, got.served),
    ...outcomeExcludes.filter((one) => got.outcomes.includes(one)).map((one) => `log says ${one}`),
  ];
}

function statusDifferences({ clientStatuses, clientAll }: Expected, { client }: Played): string[] {
  const statuses = client.filter((one) => typeof one === 'number');
  const found: string[] = [];
  if (clientStatuses !== undefined && statuses.join() !== clientStatuses.join()) {
    found.push(`client ${statuses.join()} want ${clientStatuses.join()}`);
  }
  if (clientAll !== undefined && (statuses.length === 0 || statuses.some((one) => one !== clientAll))) {
    found.push(`client ${statuses.join()} want all ${clientAll}`);
  }
  return found;
}

function tagDifferences({ tags }: Expected, served: readonly Served[]): string[] {
  return Object.entries(tags).flatMap(([tag, status]) => {
    const statuses = served.filter((one) => one.tag === tag).map(({ answer }) => answer.status);
    if (statuses.length === 0) return [`no request has the tag '${tag}'`];
    const others = statuses.filter((one) => one !== status);
    if (others.length === 0) return [];
    return `${others.length} of ${statuses.length} '${tag}' requests got ${[...new Set(others)].sort().join()} want ${status}`;
  });
}

function textDifferences({ bodyIncludes, bodyExcludes }: Expected, served: readonly Served[]): string[] {
  const lacking = bodyIncludes.flatMap((part) => {
    const without = served.find(({ text }) => !text.includes(part));
    return without === undefined ? [] : [`some body lacks ${part}: ${without.text.slice(0, 120)}`];
  });
  const unwanted = bodyExcludes.filter((part) => served.some(({ text }) => text.includes(part)));
  return [...lacking, ...unwanted.map((part) => `body has ${part}`)];
}

function limitDifferences({ headMsMax, raMax }: Expected, served: readonly Served[]): string[] {
  const found: string[] = [];
  const headMs = Math.max(...served.map((one) => one.headMs));
  if (headMsMax !== undefined && headMs > headMsMax)
    found.push(`head after ${headMs} ms want <= ${headMsMax}`);
  const retryAfter = Math.max(0, ...served.map(({ answer }) => Number(answer.headers['retry-after'] ?? 0)));
  if (raMax !== undefined && !(retryAfter <= raMax)) found.push(`Retry-After ${retryAfter} want <= ${raMax}`);
  return found;
}

/** What the keys suffered otherwise than expected, in words. */
export function keyDifferences(expected: Expected, keys: readonly KeyItem[], nowMs: number): string[] {
  const named = Object.entries(expected.keys).flatMap(([index, wanted]) => {
    const key = keys[Number(index)];
    return key === undefined ? [`there is no key${index}`] : oneKey(`key${index}`, key, wanted, nowMs);
  });
  const barred = expected.keysNot.flatMap((status) => {
    const those = keys.filter((key) => key.status === status);
    if (those.length === 0) return [];
    return `${those.length} of ${keys.length} keys ${status}: ${those[0]?.reason?.slice(0, 80) ?? null}`;
  });
  return [...named, ...barred];
}

function oneKey(name: string, key: KeyItem, wanted: ExpectedKey, nowMs: number): string[] {
  const { status, failures, restS, scope, reasonIncludes } = wanted;
  const found: string[] = [];
  if (status !== undefined && !status.includes(key.status)) {
    found.push(`${name} ${key.status} (${key.reason}) want ${status.join()}`);
  }
  if (failures !== undefined && key.failures !== failures) {
    found.push(`${name} failures ${key.failures} want ${failures}`);
  }
  const rest = restOf(key, nowMs);
  if (restS !== undefined && !(rest.seconds >= shortest(restS, nowMs) && rest.seconds <= restS[1])) {
    found.push(`${name} rests ${rest.seconds.toFixed(1)}s want ${restS[0]}..${restS[1]}`);
  }
  if (scope !== undefined && rest.scope !== scope)
    found.push(`${name} rest scope ${rest.scope} want ${scope}`);
  if (reasonIncludes !== undefined && key.reason?.includes(reasonIncludes) !== true) {
    found.push(`${name} reason ${key.reason} want ~${reasonIncludes}`);
  }
  return found;
}

const DAY_S_MIN = 86_400;
/** Where the day begins by which providers count. */
const DAYS_OF = ['UTC', 'America/Los_Angeles'];

/**
 * A limit of a day comes back at its midnight: in the last hour before that, a right rest is shorter than the case
 * says.
 */
function shortest([min, max]: readonly [number, number], nowMs: number): number {
  if (max < DAY_S_MIN) return min;
  return Math.min(min, ...DAYS_OF.map((timeZone) => secondsToMidnight(timeZone, nowMs)));
}

function secondsToMidnight(timeZone: string, nowMs: number): number {
  const time = new Date(nowMs).toLocaleTimeString('en-GB', { timeZone });
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  return DAY_S_MIN - (hours * 3600 + minutes * 60 + seconds) - 1;
}

/** The rest that ends last. */
function restOf({ cooldownUntil, modelCooldowns }: KeyItem, nowMs: number) {
  const ofKey = cooldownUntil ?? 0;
  const ofModel = Math.max(0, ...modelCooldowns.map(({ until }) => until));
  const until = Math.max(ofKey, ofModel);
  const seconds = Math.max(0, until - nowMs) / 1000;
  if (seconds === 0) return { seconds, scope: 'none' };
  return { seconds, scope: ofKey === until ? 'key' : 'model' };
}
