import { expect, it } from 'vitest';
import type { Beside } from '../../../bench/beside';
import { besideSection } from '../../../bench/beside-report';

const FIGURES = { perSecond: 9_000, p50Ms: 2, p99Ms: 5, memoryMb: 50, loadAverage: 1.5 };
const BESIDE: Beside = {
  date: '2026-11-30',
  machine: 'a machine',
  peers: [{ name: 'other', version: '1.2', setUp: 'as it comes' }],
  leftOut: { absent: 'its sources are not here' },
  comparisons: [
    {
      scenario: 'small chat',
      unit: 'request',
      rows: [
        { contender: 'openai-balance', cpuUs: 90, ...FIGURES },
        {
          contender: 'other',
          cpuUs: 60,
          ...FIGURES,
          ratios: { cpuUs: 1.48, perSecond: 0.8, p50Ms: 1.2, p99Ms: 0.9 },
        },
      ],
      wrong: { broken: '1,000 × 429' },
      roundsCounted: 5,
      roundsThrownAway: 2,
      isBusy: false,
    },
  ],
};

it('shows all figures beside ours, also where we lose', () => {
  const page = besideSection(BESIDE);
  expect(page).toContain('| **openai-balance** | 90 µs | 9,000 | 2 ms | 5 ms | 50 MB | 1.5 |');
  expect(page).toContain(
    '| other | 60 µs (1.48 ×) | 9,000 (0.8 ×) | 2 ms (1.2 ×) | 5 ms (0.9 ×) | 50 MB | 1.5 |',
  );
});

it('says which versions were measured and how they are set up, and who is left out and why', () => {
  const page = besideSection(BESIDE);
  expect(page).toContain('- other 1.2: as it comes.');
  expect(page).toContain('- absent is left out: its sources are not here.');
});

it('says what was thrown away, and for whom there is no figure', () => {
  const page = besideSection(BESIDE);
  expect(page).toContain('5 rounds; 2 thrown away because the machine was busy.');
  expect(page).toContain('No figure for broken: 1,000 × 429.');
});

it('says when the machine was busy all along', () => {
  const comparisons = BESIDE.comparisons.map((each) => ({ ...each, isBusy: true }));
  expect(besideSection({ ...BESIDE, comparisons })).toContain('**the machine was busy');
});
