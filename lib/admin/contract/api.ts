import { auditApi } from './audit';
import type { Endpoint } from './endpoint';
import { jobsApi } from './jobs';
import { keysApi } from './keys';
import { liveApi } from './live';
import { logsApi } from './logs';
import { openapiApi } from './openapi';
import { providersApi } from './providers';
import { proxiesApi } from './proxies';
import { sessionApi } from './session';
import { settingsApi } from './settings';
import { statsApi } from './stats';
import { tasksApi } from './tasks';
import { tokensApi } from './tokens';

/** The whole admin API, by resource. */
export const ADMIN_API: Readonly<Record<string, Readonly<Record<string, Endpoint>>>> = {
  providers: providersApi,
  keys: keysApi,
  proxies: proxiesApi,
  settings: settingsApi,
  tokens: tokensApi,
  logs: logsApi,
  stats: statsApi,
  live: liveApi,
  jobs: jobsApi,
  tasks: tasksApi,
  audit: auditApi,
  session: sessionApi,
  openapi: openapiApi,
};
