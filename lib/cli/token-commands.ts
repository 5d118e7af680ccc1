import type { Command } from 'commander';
import { createToken, editTokens, listTokens, revokeTokens } from './tokens';
import type { Program } from './program';
import type { Terminal } from './terminal';
import type { TokenOptions } from './token-options';

type WithProgram = (work: (program: Program) => Promise<void>) => Promise<void>;

/** Client tokens made in the dashboard or here, and their rules. */
export function addTokenCommands(
  root: Command,
  terminal: Terminal,
  now: () => number,
  withProgram: WithProgram,
): void {
  root
    .command('list-tokens')
    .description('Shows client tokens with their rules and what they have spent')
    .option('--status <status>', 'only those that are active, expired or disabled')
    .option('--json', 'as JSON')
    .action((options: { status?: string; json?: boolean }) =>
      withProgram((program) => listTokens(program, terminal, options, now())),
    );
  withRules(root.command('create-token <name>').description('Makes a client token and shows it once'))
    .option('--value <token>', 'takes over a token of another program; - reads it from standard input')
    .action((name: string, options: TokenOptions & { value?: string }) =>
      withProgram((program) => createToken(program, terminal, name, options, now())),
    );
  withRules(root.command('edit-token <token...>').description('Changes the rules of client tokens'))
    .option('--name <name>', 'another name')
    .option('--enable', 'lets it in again')
    .option('--disable', 'lets it in no more')
    .option('--reset-spent', 'nothing of its budget is spent in this period')
    .action((names: string[], options: TokenOptions) =>
      withProgram((program) => editTokens(program, terminal, names, options, now())),
    );
  root
    .command('revoke-token <token...>')
    .description('Revokes client tokens, at once and for good')
    .action((names: string[]) => withProgram((program) => revokeTokens(program, terminal, names)));
}

function withRules(command: Command): Command {
  return command
    .option('--expires <time>', 'such as 2027-01-31 or 2027-01-31T12:00:00Z; never')
    .option('--models <names>', 'that it may ask for, with * for any text, separated by commas; any')
    .option('--providers <slugs>', 'that may be asked for it; any')
    .option('--ips <addresses>', 'addresses and networks that it may be used from; any')
    .option('--requests-per-minute <count>', 'or none')
    .option('--tokens-per-minute <count>', 'or none')
    .option('--concurrency <count>', 'requests at a time, or none')
    .option('--budget <budget>', 'such as "25 usd month", "100000 tokens day", "10 usd total"; none')
    .option('--priority <number>', 'the highest of those who wait goes first; 0 unless set')
    .option('--note <text>');
}
