// The guard of the request path, part of every test run: CPU time of a small request through the built gateway, as a
// multiple of what a bare undici.dispatch loop costs in the same minute. Fails when the path has become about twice as
// expensive.
import type { Contender } from './contenders';
import { compare } from './measure';
import { bareLoop } from './peers/bare-loop';
import { SMALL } from './scenarios/requests';
import { Stage } from './stage';

/** It is about 2.6, and up to 3.6 on a machine that is busy with other things. */
const RATIO_MAX = 3.8;
/** Of the median one, so that neither the first, still being compiled, nor a disturbed one counts. */
const ROUNDS = 5;
const REQUESTS = 8_000;
/** A machine can have a bad minute; code that is too slow is so each time. */
const TRIES = 3;

async function ratioNow(stage: Stage, contenders: readonly Contender[]): Promise<number> {
  const rows = await compare('small chat', stage.load, contenders, SMALL, {
    rounds: ROUNDS,
    connections: 32,
    requests: () => REQUESTS,
  });
  const [ours = NaN, bare = NaN] = rows.map((row) => row.cpuUsPerRequest);
  const ratio = ours / bare;
  console.log(
    `CPU a request: ${ours.toFixed(0)} µs, bare loop ${bare.toFixed(0)} µs, ` +
      `ratio ${ratio.toFixed(2)}, allowed ${RATIO_MAX}`,
  );
  return ratio;
}

async function main(): Promise<void> {
  const stage = await Stage.open();
  const contenders = [await stage.gateway(), await stage.peer(bareLoop)];
  let isCheapEnough = false;
  for (let attempt = 0; attempt < TRIES && !isCheapEnough; attempt++) {
    isCheapEnough = (await ratioNow(stage, contenders)) <= RATIO_MAX;
  }
  for (const { program } of contenders) await program.stop();
  await stage.close();
  if (!isCheapEnough) process.exitCode = 1;
}

await main();
