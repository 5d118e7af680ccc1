export { openStore } from './open-store';
export type { OpenStoreOptions, Store, StoreMaintenance } from './open-store';
export type { ChangeNote, ChangeNotes, KeyAction } from './change-notes';
export type { DatabaseOptions } from './database';
export type { Dump } from './dump';
export type { StoreError, StoreErrorCode } from './store-error';
export type { ProviderInput, ProviderPatch, ProviderStore } from './providers';
export type { ClientTokenStore, ClientTokenUsage } from './client-tokens';
export type { ApiKeyPatch, KeyStore, NewKey } from './keys';
export type { EgressPatch, EgressStore, NewEgress } from './egress';
export type { SignedOutSession, SignedOutSessionStore } from './signed-out-sessions';
export type { SettingStore } from './settings';
export type { ListedRequestLogRow, RequestLogStore } from './request-logs';
export type { ErrorLogStore, ListedErrorLogRow } from './error-logs';
export type { LogFilters, LogPage, LogPageQuery } from './log-table';
export type { Receipt } from './receipts';
export type { RollupStore, SeriesQuery } from './rollups';
export type { UsageBook, UsageQuery } from './usage-book';
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
