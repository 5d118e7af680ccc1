export const HELP = `node admin.mjs <command>

  add-keys PROVIDER [FILE]    Adds the keys of a file, or of standard input, to a provider
  list-keys                   Shows keys with their state   [--provider P] [--status S] [--json]
  reset [KEY...]              Lets keys start afresh        [--provider P] [--status S] [--all]
  enable [KEY...]             Puts keys back into the rotation                (the same options)
  disable [KEY...]            Takes keys out of the rotation                  (the same options)
  import PATH                 Takes over an installation of the Python program: its folder, .env or SQLite file
  backup FILE                 Writes everything but the logs into one encrypted file
  restore FILE [--force]      Puts a backup in the place of an empty database, or of any with --force
  rotate-encryption-key       Encrypts everything with the present ENCRYPTION_KEY

A KEY is an id or the end of a key, as list-keys shows them; --status is active, cooling, disabled_auto or
disabled_manual. The passphrase of a backup is taken from BACKUP_PASSPHRASE, or asked for. Run it where the gateway runs,
with the same environment and .env; a running gateway takes changes over within two seconds.
`;
