import type { z } from 'zod';
import type { Verb } from './context';
import type { EndpointName } from './contract/addresses';
import type { EndpointNamed } from './contract/api';
import type { EndpointAnswer, EndpointInput } from './contract/endpoint';
import type { FileAnswer } from './file-answer';
import { createAlert } from './alerts/create';
import { deleteAlert } from './alerts/delete';
import { listAlerts } from './alerts/list';
import { testAlert } from './alerts/test';
import { updateAlert } from './alerts/update';
import { listAudit } from './audit/list';
import { exportIncidents } from './incidents/export';
import { listIncidents } from './incidents/list';
import { listInstances } from './instances/list';
import { listJobs } from './jobs/list';
import { runJob } from './jobs/run';
import { bulkKeys } from './keys/bulk';
import { deleteKey } from './keys/delete';
import { exportKeys, exportSelectedKeys } from './keys/export';
import { keyFailures } from './keys/failures';
import { importKeys } from './keys/import';
import { listKeys } from './keys/list';
import { readKey } from './keys/read';
import { listTags } from './keys/tags';
import { resetKey } from './keys/reset';
import { revealKey } from './keys/reveal';
import { undoDeletion } from './keys/undo';
import { updateKey } from './keys/update';
import { keyUsage } from './keys/usage';
import { verifyKey } from './keys/verify';
import { followLive, type StreamAnswer } from './live/follow';
import { deleteLogs } from './logs/delete';
import { exportLogs } from './logs/export';
import { errorsHistogram, requestsHistogram } from './logs/histogram';
import { listErrors, listRequests } from './logs/list';
import { readLog } from './logs/read';
import { checkAddress } from './providers/check-address';
import { createProvider } from './providers/create';
import { deleteProvider } from './providers/delete';
import { listProviders } from './providers/list';
import { askModels, testProvider } from './providers/models';
import { readProvider } from './providers/read';
import { reorderProviders } from './providers/reorder';
import { updateProvider } from './providers/update';
import { bulkProxies } from './proxies/bulk';
import { createProxies } from './proxies/create';
import { deleteProxy } from './proxies/delete';
import { readProxy } from './proxies/find';
import { listProxies } from './proxies/list';
import { testAddresses, testProxy } from './proxies/test';
import { updateProxy } from './proxies/update';
import { listRoutes } from './routes/list';
import { replaceRoutes } from './routes/replace';
import { readSession } from './session/read';
import { readSettings } from './settings/read';
import { resetSettings } from './settings/reset';
import { updateSettings } from './settings/update';
import { attention } from './stats/attention';
import { listPrices } from './prices/list';
import { updatePrices } from './prices/update';
import { statsByKey, statsByModel, statsByProvider, statsByToken } from './stats/breakdown';
import { capacity } from './stats/capacity';
import { explore } from './stats/explore';
import { exportExplored } from './stats/export-explored';
import { overview } from './stats/overview';
import { timeseries } from './stats/timeseries';
import { cancelTask } from './tasks/cancel';
import { listTasks } from './tasks/list';
import { readTask } from './tasks/read';
import { createToken } from './tokens/create';
import { listTokens } from './tokens/list';
import { exportTokens } from './tokens/export';
import { importTokens } from './tokens/import';
import { previewTokenImport } from './tokens/preview-import';
import { readToken } from './tokens/read';
import { resetSpent } from './tokens/reset-spent';
import { updateToken } from './tokens/update';
import { revokeToken } from './tokens/revoke';
import { createView } from './views/create';
import { deleteView } from './views/delete';
import { listViews } from './views/list';
import { updateView } from './views/update';

type AnswerOf<E> = E extends { readonly answer: z.ZodType } ? EndpointAnswer<E> : FileAnswer | StreamAnswer;
type VerbOf<E> = Verb<EndpointInput<E>, AnswerOf<E>>;

/**
 * What each endpoint of the contract does. A missing endpoint, or one that is not in the contract, does not compile.
 */
export const ADMIN_VERBS: { readonly [N in EndpointName]: VerbOf<EndpointNamed<N>> } = {
  'providers.list': listProviders,
  'providers.create': createProvider,
  'providers.reorder': reorderProviders,
  'providers.check': checkAddress,
  'providers.read': readProvider,
  'providers.update': updateProvider,
  'providers.delete': deleteProvider,
  'providers.models': askModels,
  'providers.test': testProvider,
  'keys.list': listKeys,
  'keys.search': listKeys,
  'keys.import': importKeys,
  'keys.bulk': bulkKeys,
  'keys.undo': undoDeletion,
  'keys.export': exportKeys,
  'keys.exportSelected': exportSelectedKeys,
  'keys.tags': listTags,
  'keys.read': readKey,
  'keys.update': updateKey,
  'keys.delete': deleteKey,
  'keys.verify': verifyKey,
  'keys.reset': resetKey,
  'keys.reveal': revealKey,
  'keys.usage': keyUsage,
  'keys.failures': keyFailures,
  'proxies.list': listProxies,
  'proxies.create': createProxies,
  'proxies.testUnsaved': testAddresses,
  'proxies.bulk': bulkProxies,
  'proxies.read': readProxy,
  'proxies.update': updateProxy,
  'proxies.delete': deleteProxy,
  'proxies.test': testProxy,
  'routes.list': listRoutes,
  'routes.replace': replaceRoutes,
  'settings.read': readSettings,
  'settings.update': updateSettings,
  'settings.reset': resetSettings,
  'tokens.list': listTokens,
  'tokens.create': createToken,
  'tokens.export': exportTokens,
  'tokens.import': importTokens,
  'tokens.previewImport': previewTokenImport,
  'tokens.read': readToken,
  'tokens.update': updateToken,
  'tokens.resetSpent': resetSpent,
  'tokens.revoke': revokeToken,
  // Loaded on demand: it is large and seldom asked for.
  'installation.move-in': async (context, input) =>
    (await import('./moving-in/move-in')).moveIn(context, input),
  'logs.requests': listRequests,
  'logs.errors': listErrors,
  'logs.requestsHistogram': requestsHistogram,
  'logs.errorsHistogram': errorsHistogram,
  'logs.read': readLog,
  'logs.delete': deleteLogs,
  'logs.export': exportLogs,
  'prices.list': listPrices,
  'prices.update': updatePrices,
  'alerts.list': listAlerts,
  'alerts.create': createAlert,
  'alerts.update': updateAlert,
  'alerts.delete': deleteAlert,
  'alerts.test': testAlert,
  'incidents.list': listIncidents,
  'incidents.export': exportIncidents,
  'views.list': listViews,
  'views.create': createView,
  'views.update': updateView,
  'views.delete': deleteView,
  'stats.overview': overview,
  'stats.timeseries': timeseries,
  'stats.attention': attention,
  'stats.providers': statsByProvider,
  'stats.keys': statsByKey,
  'stats.models': statsByModel,
  'stats.tokens': statsByToken,
  'stats.explore': explore,
  'stats.exportExplored': exportExplored,
  'stats.capacity': capacity,
  'live.follow': followLive,
  'instances.list': listInstances,
  'jobs.list': listJobs,
  'jobs.run': runJob,
  'tasks.list': listTasks,
  'tasks.read': readTask,
  'tasks.cancel': cancelTask,
  'audit.list': listAudit,
  'session.read': readSession,
  // So is this.
  'openapi.read': async (context) => (await import('./openapi')).openapiDocument(context),
};
