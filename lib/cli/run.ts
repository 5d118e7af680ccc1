import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Environment } from '../config/env';
import { addKeys } from './add-keys';
import { backup } from './backup';
import { CliFailure, failed, misused } from './failure';
import { HELP } from './help';
import { importPython } from './import-python';
import { listKeys } from './list-keys';
import { passphraseFor } from './passphrase';
import { openProgram, type Program } from './program';
import { restore } from './restore';
import { rotateEncryptionKey } from './rotate-encryption-key';
import { switchKeys } from './switch-keys';
import type { Terminal } from './terminal';

export interface CommandPorts {
  readonly terminal: Terminal;
  readonly environment: Environment;
  readonly now: () => number;
}

/** What a command was called with. */
interface Call extends CommandPorts {
  readonly names: readonly string[];
  readonly options: Options;
}

type Options = ReturnType<typeof parse>['values'];
type Command = (program: Program, call: Call) => Promise<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  async 'add-keys'(program, { names, terminal }) {
    const [provider, source = '-'] = atLeast(1, names);
    const text = source === '-' ? await terminal.readStdin() : await readText(source);
    await addKeys(program, terminal, { provider, text });
  },
  async 'list-keys'(program, { names, options, terminal, now }) {
    none(names);
    const { provider, status, json = false } = options;
    await listKeys(program, terminal, { provider, status, isJson: json }, now());
  },
  reset: (program, call) => switchCommand('reset', program, call),
  enable: (program, call) => switchCommand('enable', program, call),
  disable: (program, call) => switchCommand('disable', program, call),
  async import(program, { names, terminal, now }) {
    const [path] = atLeast(1, names);
    await importPython(program, terminal, path, now());
  },
  async 'rotate-encryption-key'(program, { names, terminal }) {
    none(names);
    await rotateEncryptionKey(program, terminal);
  },
  async backup(program, { names, environment, terminal }) {
    const [file] = atLeast(1, names);
    const passphrase = await passphraseFor('backup', environment.backupPassphrase, terminal);
    await backup(program, terminal, { file, passphrase });
  },
  async restore(program, { names, options, environment, terminal }) {
    const [file] = atLeast(1, names);
    const passphrase = await passphraseFor('restore', environment.backupPassphrase, terminal);
    await restore(program, terminal, { file, passphrase, isForced: options.force ?? false });
  },
};

/** Commands that begin an installation. */
const MAKERS: ReadonlySet<string> = new Set(['import', 'restore']);

/** Runs one command; returns the exit code: 0, 1 for what failed, 2 for what was not understood. Never rejects. */
export async function runCommand(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { terminal } = ports;
  try {
    const { values: options, positionals } = parse(args);
    const [verb, ...names] = positionals;
    if (verb === undefined || verb === 'help' || options.help === true) {
      terminal.print(HELP);
      return 0;
    }
    const command = Object.hasOwn(COMMANDS, verb) ? COMMANDS[verb] : undefined;
    if (command === undefined) throw misused(`There is no command '${verb}'.`);
    const program = await openProgram(ports.environment, ports.now, {
      makesDatabase: MAKERS.has(verb),
    });
    try {
      await command(program, { ...ports, names, options });
    } finally {
      await program.close();
    }
    return 0;
  } catch (error) {
    const { code, message } = toFailure(error);
    terminal.tell(`${message}\n${code === 'usage' ? '\nSee `help`.\n' : ''}`);
    return code === 'usage' ? 2 : 1;
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        provider: { type: 'string' },
        status: { type: 'string' },
        all: { type: 'boolean' },
        json: { type: 'boolean' },
        force: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw misused((error as Error).message);
  }
}

async function switchCommand(
  action: 'reset' | 'enable' | 'disable',
  program: Program,
  { names, options, terminal, now }: Call,
): Promise<void> {
  const { provider, status, all = false } = options;
  await switchKeys(program, terminal, action, { names, provider, status, isAll: all }, now());
}

function atLeast(count: 1, names: readonly string[]): readonly [string, ...string[]] {
  const [first, ...more] = names;
  if (first === undefined) throw misused(`At least ${count} name is needed.`);
  return [first, ...more];
}

function none(names: readonly string[]): void {
  if (names.length > 0) throw misused(`'${names.join(' ')}' is not understood.`);
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: Error) => {
    throw failed(`${path} cannot be read: ${error.message}`);
  });
}

/** Errors of the store explain themselves; others are ours, and need their stack. */
function toFailure(error: unknown): Pick<CliFailure, 'code' | 'message'> {
  if (error instanceof CliFailure) return error;
  const { code, message, stack } = error as { code?: unknown; message?: unknown; stack?: unknown };
  const text = typeof code === 'string' ? `${String(message)} [${code}]` : String(stack ?? message);
  return { code: 'failed', message: text };
}
