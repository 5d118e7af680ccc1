import { setTimeout as delay } from 'node:timers/promises';
import { proxiesApi } from '../../../../lib/admin/contract/proxies';
import { reply, type Reply } from '../../../support/scripted-upstream';
import type { Answer } from '../ask';
import type { StagedProvider } from '../staged-provider';
import type { Refusal } from './refusals';

const GOOD_A_ROUND = 20;
/** From one good request to the next, so that a round takes about a second: as long as a first rest, at least. */
const GAP_MS = 50;

/** Answers the refused client so, and everybody else well. */
export function refusing(refusal: Refusal, upstreamMs: number): Reply {
  const bytes = Buffer.from(refusal.body);
  const refused = reply.bytes(refusal.status, bytes, { 'content-type': refusal.contentType });
  return async (request, response) => {
    if (upstreamMs > 0) await delay(upstreamMs);
    await (refusal.isMeant(request) ? refused : reply.healthy)(request, response);
  };
}

/**
 * One client is refused once a round while another one goes on asking, neither of them waiting for the other. Returns
 * what it cost anybody, in words.
 */
export async function costsOf(provider: StagedProvider, refusal: Refusal, rounds: number): Promise<string[]> {
  const good: Promise<string>[] = [];
  const refused: Promise<string>[] = [];
  const looks: Promise<string[]>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const outcome = outcomeOf(refusal.ask(provider), ({ text }) => text === refusal.body);
    refused.push(outcome);
    looks.push(outcome.then(() => sufferedBy(provider)));
    for (let turn = 0; turn < GOOD_A_ROUND; turn += 1) {
      good.push(outcomeOf(provider.chat(), () => true));
      await delay(GAP_MS);
    }
  }
  const ofClients = [
    ...others('good', await Promise.all(good), '200'),
    ...others('refused', await Promise.all(refused), String(refusal.status)),
  ];
  const suffered = [...(await Promise.all(looks)), await sufferedBy(provider)];
  return [...ofClients, ...new Set(suffered.flat())];
}

/** The status, or what was wrong with the answer. */
async function outcomeOf(asked: Promise<Answer>, isBody: (answer: Answer) => boolean): Promise<string> {
  try {
    const answer = await asked;
    return isBody(answer) ? String(answer.status) : `${answer.status} ${answer.text.slice(0, 200)}`;
  } catch (error) {
    return String(error);
  }
}

function others(who: string, outcomes: readonly string[], wanted: string): string[] {
  const unwanted = outcomes.filter((outcome) => outcome !== wanted);
  if (unwanted.length === 0) return [];
  const kinds = [...new Set(unwanted)].sort().join(', ');
  return [`${unwanted.length} of ${outcomes.length} ${who} requests got ${kinds}; want ${wanted}`];
}

/** What keys, breaker and proxies bear at this moment. */
async function sufferedBy(provider: StagedProvider): Promise<string[]> {
  const keys = await provider.keyItems();
  const marked = keys.filter(({ status, failures }) => status !== 'active' || failures > 0);
  const kinds = new Set(marked.map(({ status, failures }) => `${status} with ${failures} failures`));
  const { breaker } = await provider.item();
  const proxies = (await proxiesOf(provider)).filter(
    (proxy) =>
      !['healthy', 'unchecked'].includes(proxy.status) ||
      proxy.breaker.state !== 'closed' ||
      proxy.failures > 0,
  );
  return [
    ...[...kinds].map((kind) => `some key is ${kind}`),
    ...(breaker.state === 'closed' ? [] : [`the provider's breaker is ${breaker.state}`]),
    ...proxies.map(({ status, reason }) => `a proxy is ${status} (${reason})`),
  ];
}

async function proxiesOf(provider: StagedProvider) {
  const ports = provider.proxies.map((url) => Number(new URL(url).port));
  if (ports.length === 0) return [];
  const { items } = await provider.admin(proxiesApi.list, { pageSize: 500 });
  const own = items.filter(({ port }) => ports.includes(port));
  if (own.length !== ports.length)
    throw new Error(`the admin API knows ${own.length} of ${ports.length} proxies`);
  return own;
}
