import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { readEnvironment } from '../config/env';
import { runCommand } from './run';
import type { Terminal } from './terminal';

const terminal: Terminal = {
  print: (line) => void process.stdout.write(line),
  tell: (line) => void process.stderr.write(line),
  readStdin: () => text(process.stdin),
  askSecret,
};

function askSecret(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return Promise.resolve(undefined);
  process.stderr.write(question);
  return new Promise((resolve) => {
    // Without an output of its own nothing of what is typed is shown.
    const reader = createInterface({ input: process.stdin, terminal: true });
    reader.once('line', (line) => {
      process.stderr.write('\n');
      reader.close();
      resolve(line);
    });
    reader.once('close', () => resolve(undefined));
  });
}

process.exitCode = await runCommand(process.argv.slice(2), {
  terminal,
  environment: readEnvironment(),
  now: Date.now,
});
