import { readFile } from 'node:fs/promises';
import { Command, CommanderError } from 'commander';
import { isTag, KEY_TAGS, tagsIn } from '../config/key-tags';
import type { Environment } from '../config/env';
import { addKeys } from './add-keys';
import { backup } from './backup';
import { CliFailure, failed, misused } from './failure';
import { importFrom } from './import-from';
import { importPython } from './import-python';
import { SOURCE_PROGRAM_NAMES } from '../moving-in/programs';
import { listKeys } from './list-keys';
import { passphraseFor } from './passphrase';
import { openProgram, type Program } from './program';
import { restore } from './restore';
import { rotateEncryptionKey } from './rotate-encryption-key';
import { switchKeys } from './switch-keys';
import { addTokenCommands } from './token-commands';
import type { Terminal } from './terminal';

export interface CommandPorts {
  readonly terminal: Terminal;
  readonly environment: Environment;
  readonly now: () => number;
}

interface KeyOptions {
  readonly provider?: string;
  readonly status?: string;
  readonly tag?: string;
}

/** Runs one command; returns the exit code: 0, 1 for what failed, 2 for what was not understood. Never rejects. */
export async function runCommand(args: readonly string[], ports: CommandPorts): Promise<number> {
  const { terminal } = ports;
  try {
    await commandLine(ports).parseAsync(args.length === 0 ? ['help'] : [...args], { from: 'user' });
    return 0;
  } catch (error) {
    const { code, message } = toFailure(error);
    if (message === '') return 0;
    terminal.tell(`${message}\n${code === 'usage' ? '\nSee `help`.\n' : ''}`);
    return code === 'usage' ? 2 : 1;
  }
}

const AFTER_HELP = `
A KEY is an id or the end of a key, as list-keys shows them; --status is active, cooling, disabled_auto or
disabled_manual. A TOKEN is an id, a name or the end of a token, as list-tokens shows them. The passphrase of a backup is taken from BACKUP_PASSPHRASE, or asked for. Run it where the gateway runs,
with the same environment and .env; a running gateway takes changes over within a second.
`;

function commandLine(ports: CommandPorts): Command {
  const { terminal, now } = ports;
  const root = new Command('node admin.mjs');
  root
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.print(text), outputError: () => undefined })
    .configureHelp({ helpWidth: 120 })
    .addHelpText('after', AFTER_HELP);
  addKeyCommands(root, ports);
  addTokenCommands(root, terminal, now, (work) => withProgram(ports, work));
  addInstallationCommands(root, ports);
  for (const command of root.commands) {
    command.addHelpText('after', () => `\nAll commands:\n\n${root.helpInformation()}${AFTER_HELP}`);
  }
  return root;
}

function addKeyCommands(root: Command, ports: CommandPorts): void {
  const { terminal, now } = ports;
  root
    .command('add-keys <provider> [file]')
    .description('Adds the keys of a file, or of standard input, to a provider')
    .option('--tags <tags>', 'tags of keys that have none in the file, with commas between them')
    .action((provider: string, source: string | undefined, { tags = '' }: { tags?: string }) =>
      withProgram(ports, async (program) => {
        const isStdin = source === undefined || source === '-';
        const text = isStdin ? await terminal.readStdin() : await readText(source);
        await addKeys(program, terminal, { provider, text, tags: tagsOf(tags) });
      }),
    );
  withKeyOptions(root.command('list-keys').description('Shows keys with their state'))
    .option('--json', 'as JSON')
    .action(({ json = false, ...choice }: KeyOptions & { json?: boolean }) =>
      withProgram(ports, (program) => listKeys(program, terminal, { ...choice, isJson: json }, now())),
    );
  for (const [action, description] of [
    ['reset', 'Lets keys start afresh'],
    ['enable', 'Puts keys back into the rotation'],
    ['disable', 'Takes keys out of the rotation'],
  ] as const) {
    withKeyOptions(root.command(`${action} [key...]`).description(description))
      .option('--all', 'all keys')
      .action((names: string[], { all = false, ...choice }: KeyOptions & { all?: boolean }) =>
        withProgram(ports, (program) =>
          switchKeys(program, terminal, action, { names, isAll: all, ...choice }, now()),
        ),
      );
  }
}

function addInstallationCommands(root: Command, ports: CommandPorts): void {
  const { terminal, environment, now } = ports;
  const { backupPassphrase } = environment;
  addImportFrom(root, ports);
  root
    .command('import <path>')
    .description('Takes over an installation of the Python program: its folder, .env or SQLite file')
    .action((path: string) =>
      withNewProgram(ports, (program) => importPython(program, terminal, path, now())),
    );
  root
    .command('backup <file>')
    .description('Writes everything but the logs into one encrypted file')
    .action((file: string) =>
      withProgram(ports, async (program) => {
        const passphrase = await passphraseFor('backup', backupPassphrase, terminal);
        await backup(program, terminal, { file, passphrase });
      }),
    );
  root
    .command('restore <file>')
    .description('Puts a backup in the place of an empty database, or of any with --force')
    .option('--force', 'replaces what is there')
    .action((file: string, { force: isForced = false }: { force?: boolean }) =>
      withNewProgram(ports, async (program) => {
        const passphrase = await passphraseFor('restore', backupPassphrase, terminal);
        await restore(program, terminal, { file, passphrase, isForced });
      }),
    );
  root
    .command('rotate-encryption-key')
    .description('Encrypts everything with the present ENCRYPTION_KEY')
    .action(() => withProgram(ports, (program) => rotateEncryptionKey(program, terminal)));
}

interface ImportOptions {
  readonly database?: string;
  readonly config?: string;
  readonly env?: string;
  readonly encryptionKeyFile?: string;
  readonly preview?: boolean;
}

function addImportFrom(root: Command, ports: CommandPorts): void {
  const { importDatabaseUrl, importEncryptionKey } = ports.environment;
  root
    .command('import-from <program>')
    .description(`Takes over an installation of another gateway: ${SOURCE_PROGRAM_NAMES.join(', ')}`)
    .option(
      '--database <file>',
      'its SQLite file, or an address without a password; else IMPORT_DATABASE_URL',
    )
    .option('--config <file>', 'its config.yaml')
    .option('--env <file>', 'its .env')
    .option('--encryption-key-file <file>', 'what its secrets are sealed with; else IMPORT_ENCRYPTION_KEY')
    .option('--preview', 'only says what would come of it')
    .action((program: string, { database, config, env, encryptionKeyFile, preview = false }: ImportOptions) =>
      withNewProgram(ports, (opened) =>
        importFrom(
          opened,
          ports.terminal,
          {
            program,
            isPreview: preview,
            database,
            config,
            envFile: env,
            encryptionKeyFile,
            databaseUrl: importDatabaseUrl,
            encryptionKey: importEncryptionKey,
          },
          ports.now(),
        ),
      ),
    );
}

function withKeyOptions(command: Command): Command {
  return command
    .option('--provider <provider>', 'only keys of this provider')
    .option('--status <status>', 'only keys in this state')
    .option('--tag <tags>', 'only keys with all of these tags, with commas between them');
}

function tagsOf(text: string): string[] {
  const tags = tagsIn(text, ',');
  if (tags.every(isTag) && tags.length <= KEY_TAGS.countMax) return tags;
  throw misused(`--tags are ${KEY_TAGS.countMax} at most, of ${KEY_TAGS.lengthMax} characters each`);
}

/** For commands that need an installation. */
function withProgram(ports: CommandPorts, work: (program: Program) => Promise<void>): Promise<void> {
  return useProgram(ports, false, work);
}

/** For commands that may begin one. */
function withNewProgram(ports: CommandPorts, work: (program: Program) => Promise<void>): Promise<void> {
  return useProgram(ports, true, work);
}

async function useProgram(
  { environment, now }: CommandPorts,
  makesDatabase: boolean,
  work: (program: Program) => Promise<void>,
): Promise<void> {
  const program = await openProgram(environment, now, { makesDatabase });
  try {
    await work(program);
  } finally {
    await program.close();
  }
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: Error) => {
    throw failed(`${path} cannot be read: ${error.message}`);
  });
}

/** Errors of the store explain themselves; others are ours, and need their stack. */
function toFailure(error: unknown): Pick<CliFailure, 'code' | 'message'> {
  if (error instanceof CliFailure) return error;
  if (error instanceof CommanderError) return misused(wordsOf(error));
  const { code, message, stack } = error as { code?: unknown; message?: unknown; stack?: unknown };
  const text = typeof code === 'string' ? `${String(message)} [${code}]` : String(stack ?? message);
  return { code: 'failed', message: text };
}

/** Help that was asked for has been printed and is no failure: then there are no words. */
function wordsOf({ code, exitCode, message }: CommanderError): string {
  if (exitCode === 0) return '';
  const [, name = ''] = /'([^']*)'/.exec(message) ?? [];
  if (code === 'commander.unknownCommand') return `There is no command '${name}'.`;
  if (code === 'commander.missingArgument') return `A name is needed: ${name.toUpperCase()}.`;
  return message.replace(/^error: /, '');
}
