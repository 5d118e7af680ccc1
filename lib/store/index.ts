export { openStore } from './open-store';
export type { OpenStoreOptions, Store, StoreMaintenance } from './open-store';
export type { ChangeNote, ChangeNotes, KeyAction } from './change-notes';
export type { DatabaseOptions } from './database/database';
export type { Dump } from './dump';
export type { StoreError, StoreErrorCode } from './store-error';
export type { ProviderInput, ProviderPatch, ProviderStore } from './providers';
export type { ClientTokenStore, ClientTokenUsage } from './client-tokens';
export type { ApiKeyPatch, KeyStore, NewKey } from './keys/keys';
export type { EgressPatch, EgressStore, NewEgress } from './egress/egress';
export type { SignedOutSession, SignedOutSessionStore } from './signed-out-sessions';
export type { SettingStore } from './settings';
export type { ListedRequestLogRow, RequestLogStore } from './logs/request-logs';
export type { ErrorLogStore, ListedErrorLogRow } from './logs/error-logs';
export type { LogFilters, LogPage, LogPageQuery } from './logs/log-table';
export type { Receipt } from './database/receipts';
export type { RollupStore, SeriesQuery } from './usage/rollups';
export type { UsageBook, UsageQuery } from './usage/usage-book';
export type { AuditStore, NewAuditEntry } from './audit';
export type {
  ApiKeyRow,
  AuditRow,
  ClientTokenRow,
  ConfigSource,
  EgressRow,
  EgressStateChange,
  EgressStateColumns,
  ErrorLogRow,
  KeyCounted,
  KeyState,
  KeyStateChange,
  ProviderEgress,
  ProviderRow,
  RequestLogRow,
  Resolution,
  SettingRow,
  UsageBucket,
  UsageCounts,
  UsageDelta,
  UsageRollup,
} from './rows';
