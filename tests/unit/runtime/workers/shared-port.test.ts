import cluster from 'node:cluster';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { handBackConnections } from '../../../../lib/runtime/workers/hand-back';
import { SharedPort } from '../../../../lib/runtime/workers/shared-port';
import { tempDir } from '../../../support/temp-dir';
import { waitFor } from '../../../support/wait-for';

/** Answers each connection, and closes its side of the port when it is told to. */
const WORKER = `
const server = require('node:net').createServer((socket) => socket.end('here'));
server.listen(0, '127.0.0.1');
process.on('message', () => server.close(() => process.exit(0)));
`;

async function startWorker() {
  const folder = await tempDir('shared-port');
  onTestFinished(() => folder.remove());
  const exec = join(folder.path, 'worker.cjs');
  await writeFile(exec, WORKER);
  cluster.schedulingPolicy = cluster.SCHED_RR;
  cluster.setupPrimary({ exec, args: [], execArgv: [] });
  const worker = cluster.fork();
  onTestFinished(() => void worker.process.kill('SIGKILL'));
  const untaken = handBackConnections(worker.process, () => false);
  const [{ port }] = (await once(worker, 'listening')) as [{ port: number }];
  return { worker, untaken, port };
}

async function answerOf(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => (text += part));
  await once(socket, 'close');
  return text;
}

it.skipIf(process.platform === 'win32')(
  'is closed first; what has come by it is at a worker then',
  async () => {
    const shared = new SharedPort();
    shared.watch();
    const { worker, untaken, port } = await startWorker();
    worker.process.kill('SIGSTOP');
    const sockets = Array.from({ length: 5 }, () => connect(port, '127.0.0.1'));
    const answers = Promise.all(sockets.map(answerOf));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    // It is handed one; the others wait.
    await waitFor(() => untaken.size === 1, { what: 'a connection to be on its way' });

    let isClosed = false;
    const closed = shared.close(() => untaken.size === 0).then(() => (isClosed = true));
    const isRefused = async () => {
      const late = connect(port, '127.0.0.1');
      const isIn = await once(late, 'connect').then(
        () => true,
        () => false,
      );
      late.destroy();
      return !isIn;
    };
    await waitFor(isRefused, { what: 'the port to be closed' });
    expect(isClosed).toBe(false);
    worker.process.kill('SIGCONT');
    await closed;
    worker.send('close');
    expect(await answers).toEqual(Array.from({ length: 5 }, () => 'here'));
  },
);
