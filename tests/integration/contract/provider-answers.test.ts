import { expect, vi } from 'vitest';
import { waitFor } from '../../support/wait-for';
import { inProductionMode } from './faces';
import { readCases, type AnswerCase, type Expected } from './provider-answers/case';
import { CaseUpstream } from './provider-answers/case-upstream';
import { keyDifferences, trafficDifferences } from './provider-answers/differences';
import { play } from './provider-answers/play';
import { Stage } from './stage';
import type { StagedProvider } from './staged-provider';

// Most of their time the cases wait, so many of them can be played at once.
vi.setConfig({ maxConcurrency: 12 });

/** How long the keys may take to be as expected: a probe may have to be asked first. */
const KEYS_MS_MAX = 2_000;

inProductionMode('what providers really answer is taken for what it is', (start) => {
  const stage = new Stage(start, { WAIT_SECONDS: 0, CHECK_INTERVAL_HOURS: 0 });

  for (const one of readCases()) {
    stage.it(`${one.kind}, ${one.id}: ${one.title}`, { keys: one.keyCount }, async (provider) => {
      expect(await differencesOf(one, provider)).toEqual([]);
    });
  }
});

async function differencesOf(one: AnswerCase, provider: StagedProvider): Promise<string[]> {
  await provider.update(one.provider_settings);
  const upstream = new CaseUpstream(one.answer, one.when, provider.keys);
  provider.replies(upstream.reply);

  const played = await play(provider, one.steps);
  // A row is written after its request has had all its effects.
  const rows = await Promise.all(played.served.map(({ answer }) => provider.log(answer)));
  const outcomes = rows.map(({ outcome, status }) => `${outcome}:${status}`);
  const ofKeys = await lastKeyDifferences(one.expected, provider);
  return [...trafficDifferences(one.expected, { ...played, badHits: upstream.badHits, outcomes }), ...ofKeys];
}

/** None as soon as there are none; else those that are left in the end. */
async function lastKeyDifferences(expected: Expected, provider: StagedProvider): Promise<string[]> {
  let last = ['the state of the keys is unknown'];
  const areAsExpected = async () => {
    last = keyDifferences(expected, await provider.keyItems(), Date.now());
    return last.length === 0;
  };
  await waitFor(areAsExpected, { timeoutMs: KEYS_MS_MAX, intervalMs: 250, what: 'the keys' }).catch(() => {});
  return last;
}
