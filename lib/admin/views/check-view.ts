import { settingDefinitions, settingNames } from '../../config/settings';
import { VIEW_COLUMNS, VIEW_QUERY, type ViewPage } from '../../config/saved-views';
import type { ViewState } from '../contract/views';
import type { AdminContext } from '../context';
import { AdminError, wrongField } from '../error';
import { strongKeysIn } from '../keys/strong-keys';
import { isSecretName } from '../secret-headers';
import { forEachInSlices } from '../slices';

/** Throws `invalid_input` for what the page does not know, and for what holds a secret: everybody may see a view. */
export async function checkView(
  context: AdminContext,
  page: ViewPage,
  { name, state }: { readonly name?: string | undefined; readonly state?: ViewState | undefined },
): Promise<void> {
  if (name !== undefined) await refuseSecrets(context, 'name', [name]);
  if (state === undefined) return;
  const known: Readonly<Record<'query' | 'columns', readonly string[]>> = {
    query: VIEW_QUERY[page],
    columns: VIEW_COLUMNS[page],
  };
  for (const part of ['query', 'columns'] as const) {
    const strange = Object.keys(state[part]).some((one) => !known[part].includes(one));
    if (strange) throw wrongField(`state.${part}`, 'has a name that the page does not know');
  }
  await refuseSecrets(context, 'state.query', Object.values(state.query));
}

/** Shorter ones would be found in many words. */
const PASSWORD_LENGTH_MIN = 6;

/** What looks like a key, and each key, token and password that there is. */
async function refuseSecrets(
  { configuration, settings }: AdminContext,
  field: string,
  texts: readonly string[],
): Promise<void> {
  const refusal = wrongField(field, 'has a key or another secret in it, and everybody may see it');
  if (texts.some((text) => strongKeysIn(text).length > 0)) throw refusal;
  const { inventory, settingsTokens, adminToken } = configuration;
  const tokens = [...inventory.clientTokens, ...settingsTokens].map(({ value }) => value);
  const passwords = passwordsOf(inventory, settings).filter(({ length }) => length >= PASSWORD_LENGTH_MIN);
  const isIn = (secret: string): boolean => secret !== '' && texts.some((text) => text.includes(secret));
  if ([adminToken, ...tokens, ...passwords].some(isIn)) throw refusal;
  for (const keys of inventory.keys.values()) {
    let isFound = false;
    await forEachInSlices(keys.values(), ({ value }) => {
      isFound ||= isIn(value);
    });
    if (isFound) throw refusal;
  }
}

/** Of the program itself, receivers of alerts, proxies and providers; those in addresses also as they are meant. */
function passwordsOf(
  { providers, egresses }: AdminContext['configuration']['inventory'],
  settings: AdminContext['settings'],
): string[] {
  const own = settingNames
    .filter((name) => settingDefinitions[name].isSecret)
    .map((name) => settings.current[name])
    .filter((value) => typeof value === 'string');
  const receivers = settings.current.ALERT_RECEIVERS.flatMap(({ url, token, secret }) => [
    url,
    token,
    secret,
  ]);
  const whole = [...own, ...receivers];
  const addresses = [...whole, ...egresses.map(({ url }) => url), ...providers.map(({ baseUrl }) => baseUrl)];
  const sent = providers.flatMap(({ customHeaders, query }) =>
    Object.entries({ ...customHeaders, ...query }),
  );
  return [
    ...whole,
    ...addresses.flatMap(passwordsIn),
    ...sent.flatMap(([name, value]) => (isSecretName(name) ? [value] : [])),
  ];
}

function passwordsIn(address: string): string[] {
  if (!URL.canParse(address)) return [];
  const { password } = new URL(address);
  return [password, decoded(password)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function nameTaken(): AdminError {
  return new AdminError('duplicate', 'The page has a view of that name.', { name: 'is taken already' });
}
