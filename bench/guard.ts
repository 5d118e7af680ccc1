// The guard of the request path, for every test run: CPU time of a small request through the built gateway, as a multiple
// of what a bare undici.dispatch loop costs in the same minute. Fails when the path has become about twice as expensive.
//   npx tsx bench/guard.ts
import { startBareProxy, type Contender } from './contenders';
import { freePort } from '../tests/support/free-port';
import { compare } from './measure';
import { SMALL } from './scenarios/requests';
import { Stage } from './stage';

/** Usually RATIO_USUAL; noise of a busy machine stays well below half of that. */
const RATIO_MAX = 4;
const ROUNDS = 5;
const REQUESTS = 8_000;

async function main(): Promise<void> {
  const stage = await Stage.open();
  const started: Contender[] = [];
  try {
    started.push(await stage.gateway());
    started.push(
      await startBareProxy({ folder: stage.folder, port: await freePort(), origins: stage.origins }),
    );
    const [ours, bare] = await compare('small chat', stage.load, started, SMALL, {
      rounds: ROUNDS,
      connections: 32,
      requests: () => REQUESTS,
    });
    if (ours === undefined || bare === undefined) throw new Error('nothing was measured');
    const ratio = ours.cpuUsPerRequest / bare.cpuUsPerRequest;
    console.log(
      `CPU a request: ${ours.cpuUsPerRequest.toFixed(0)} µs, bare loop ${bare.cpuUsPerRequest.toFixed(0)} µs, ` +
        `ratio ${ratio.toFixed(2)}, allowed ${RATIO_MAX}`,
    );
    if (ratio > RATIO_MAX) process.exitCode = 1;
  } finally {
    for (const { program } of started) await program.stop();
    await stage.close();
  }
}

await main();
