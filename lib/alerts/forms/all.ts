import type { AlertKind } from '../../config/alert-rules';
import { discordForm } from './discord';
import type { Form } from './form';
import { jsonForm } from './json';
import { ntfyForm } from './ntfy';
import { slackForm } from './slack';
import { telegramForm } from './telegram';

export const FORMS: Readonly<Record<AlertKind, Form>> = {
  json: jsonForm,
  slack: slackForm,
  discord: discordForm,
  telegram: telegramForm,
  ntfy: ntfyForm,
};
