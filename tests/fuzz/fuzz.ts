import fc from 'fast-check';

/** Of each target; all of them together take a minute by default. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 10);
/** On CI always the same inputs in the same order; elsewhere new ones. A failure prints the seed that repeats it. */
const SEED = Number(process.env.FUZZ_SEED ?? (process.env.CI === undefined ? Date.now() : 20_261_126));

/** Runs the property on as many inputs as the time allows. Rejects with the smallest input that breaks it. */
export async function fuzz<T>(
  property: fc.IProperty<T> | fc.IAsyncProperty<T>,
  seconds: number = SECONDS,
): Promise<void> {
  await fc.assert(property as fc.IAsyncProperty<T>, {
    seed: SEED % 2 ** 31,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: seconds * 1000,
    // Looking for the smallest input counts as well: a failure is reported as it stands when the time is up.
    markInterruptAsFailure: false,
  });
}

/** The bytes in pieces, cut at these places; each is a share of the length. */
export function piecesOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((share) => Math.floor(share * (bytes.length + 1))))].sort(
    (a, b) => a - b,
  );
  const ends = [...places, bytes.length];
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

/** Where to cut: shares of the length. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 8 });

/** The bytes with some changed, lost, doubled or put in between. */
export function damaged(whole: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    kind: fc.constantFrom('set' as const, 'insert' as const, 'remove' as const, 'cut' as const),
    byte: fc.integer({ min: 0, max: 255 }),
  });
  return fc.tuple(whole, fc.array(change, { maxLength: 4 })).map(([bytes, changes]) => {
    let result = bytes;
    for (const { at, kind, byte } of changes) {
      const place = Math.floor(at * result.length);
      const [before, after] = [result.subarray(0, place), result.subarray(place)];
      if (kind === 'set') result = Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
      if (kind === 'insert') result = Buffer.concat([before, Buffer.of(byte), after]);
      if (kind === 'remove') result = Buffer.concat([before, after.subarray(1)]);
      if (kind === 'cut') result = before;
    }
    return result;
  });
}
