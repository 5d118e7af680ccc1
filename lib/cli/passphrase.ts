import { failed } from './failure';
import type { Terminal } from './terminal';

const CHARACTERS_MIN = 12;

/** From BACKUP_PASSPHRASE, else asked for. Never taken from the command line, where others could see it. */
export async function passphraseFor(
  use: 'backup' | 'restore',
  given: string,
  terminal: Terminal,
): Promise<string> {
  const passphrase = given === '' ? await ask(use, terminal) : given;
  if (use === 'backup' && passphrase.length < CHARACTERS_MIN) {
    throw failed(`The passphrase must have ${CHARACTERS_MIN} characters or more: all keys depend on it.`);
  }
  return passphrase;
}

async function ask(use: 'backup' | 'restore', terminal: Terminal): Promise<string> {
  const passphrase = await terminal.askSecret('Passphrase: ');
  if (passphrase === undefined) throw failed('Set BACKUP_PASSPHRASE, or run this at a terminal.');
  if (use === 'backup' && (await terminal.askSecret('Once more: ')) !== passphrase) {
    throw failed('The two are not the same.');
  }
  return passphrase;
}
