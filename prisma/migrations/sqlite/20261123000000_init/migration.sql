-- Applied in one transaction by lib/store/migrate.ts. The logs and rollups are clustered by their keys (WITHOUT ROWID): one
-- tree less to write for each row.

CREATE TABLE "StoreMeta" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "value" BLOB NOT NULL
);


CREATE TABLE "Provider" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "baseUrl" TEXT NOT NULL,
    "isEnabled" BOOLEAN NOT NULL,
    "source" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "modelRequestKey" BLOB,
    "customHeaders" BLOB NOT NULL,
    "timeoutSeconds" REAL,
    "maxFailures" INTEGER,
    "maxRetries" INTEGER,
    "testModel" TEXT,
    "selectionPolicy" TEXT,
    "fallbacks" TEXT NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "updatedAt" BIGINT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX "Provider_slug_key" ON "Provider"("slug");

CREATE TABLE "ApiKey" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "providerId" TEXT NOT NULL,
    "sealedValue" BLOB NOT NULL,
    "lookup" BLOB NOT NULL,
    "hint" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "weight" REAL NOT NULL DEFAULT 1,
    "note" TEXT NOT NULL DEFAULT '',
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "disabledBy" TEXT,
    "reason" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "cooldownUntil" BIGINT,
    "modelCooldowns" TEXT NOT NULL,
    "requestCount" BIGINT NOT NULL DEFAULT 0,
    "errorCount" BIGINT NOT NULL DEFAULT 0,
    "lastUsedAt" BIGINT,
    "lastErrorAt" BIGINT,
    "lastErrorStatus" INTEGER,
    "createdAt" BIGINT NOT NULL,
    "updatedAt" BIGINT NOT NULL,
    CONSTRAINT "ApiKey_providerId_fkey" FOREIGN KEY ("providerId") REFERENCES "Provider" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "ApiKey_providerId_lookup_key" ON "ApiKey"("providerId", "lookup");

CREATE TABLE "Setting" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "value" BLOB,
    "source" TEXT NOT NULL,
    "appliedEnvironment" BLOB,
    "appliedFile" BLOB,
    "updatedAt" BIGINT NOT NULL
);


CREATE TABLE "RequestLog" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "at" BIGINT NOT NULL,
    "requestId" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "model" TEXT,
    "isStream" BOOLEAN NOT NULL,
    "provider" TEXT,
    "keyId" TEXT,
    "keyHint" TEXT,
    "egressId" TEXT,
    "token" TEXT,
    "status" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "attemptCount" INTEGER NOT NULL,
    "attempts" TEXT NOT NULL,
    "ttfbMs" INTEGER,
    "durationMs" INTEGER NOT NULL,
    "promptTokens" INTEGER,
    "cachedTokens" INTEGER,
    "completionTokens" INTEGER,
    "reasoningTokens" INTEGER,
    "requestBytes" BIGINT NOT NULL,
    "responseBytes" BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX "RequestLog_at_idx" ON "RequestLog"("at");
CREATE INDEX "RequestLog_provider_id_idx" ON "RequestLog"("provider", "id");
CREATE INDEX "RequestLog_keyId_id_idx" ON "RequestLog"("keyId", "id");

CREATE TABLE "ErrorLog" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "at" BIGINT NOT NULL,
    "requestId" TEXT NOT NULL,
    "requestLogId" TEXT NOT NULL,
    "provider" TEXT,
    "keyId" TEXT,
    "keyHint" TEXT,
    "egressId" TEXT,
    "model" TEXT,
    "endpoint" TEXT NOT NULL,
    "status" INTEGER,
    "verdict" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "upstreamBody" TEXT,
    "requestBody" TEXT
) WITHOUT ROWID;
CREATE INDEX "ErrorLog_at_idx" ON "ErrorLog"("at");
CREATE INDEX "ErrorLog_provider_id_idx" ON "ErrorLog"("provider", "id");
CREATE INDEX "ErrorLog_keyId_id_idx" ON "ErrorLog"("keyId", "id");

CREATE TABLE "UsageRollup" (
    "resolution" TEXT NOT NULL,
    "bucketStart" BIGINT NOT NULL,
    "provider" TEXT NOT NULL,
    "keyId" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "statusClass" TEXT NOT NULL,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "promptTokens" BIGINT NOT NULL DEFAULT 0,
    "cachedTokens" BIGINT NOT NULL DEFAULT 0,
    "completionTokens" BIGINT NOT NULL DEFAULT 0,
    "durationMsSum" BIGINT NOT NULL DEFAULT 0,
    "ttfbMsSum" BIGINT NOT NULL DEFAULT 0,
    "ttfbCount" BIGINT NOT NULL DEFAULT 0,
    "latency250" BIGINT NOT NULL DEFAULT 0,
    "latency500" BIGINT NOT NULL DEFAULT 0,
    "latency1000" BIGINT NOT NULL DEFAULT 0,
    "latency2500" BIGINT NOT NULL DEFAULT 0,
    "latency5000" BIGINT NOT NULL DEFAULT 0,
    "latency10000" BIGINT NOT NULL DEFAULT 0,
    "latency30000" BIGINT NOT NULL DEFAULT 0,
    "latencyMore" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("resolution", "bucketStart", "provider", "keyId", "model", "statusClass")
) WITHOUT ROWID;
CREATE INDEX "UsageRollup_keyId_resolution_bucketStart_idx" ON "UsageRollup"("keyId", "resolution", "bucketStart");

CREATE TABLE "AuditLog" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "at" BIGINT NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "detail" TEXT NOT NULL
);
CREATE INDEX "AuditLog_at_idx" ON "AuditLog"("at");
