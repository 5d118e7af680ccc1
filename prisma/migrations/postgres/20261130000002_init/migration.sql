-- Applied in one transaction by lib/store/migrate-postgres.ts. Text is compared byte by byte (COLLATE "C"), as on the other
-- databases: ids and times are read in their order. The index of the logs' times has their ids as well, as it has by itself
-- on those: counting and deleting read no rows.

CREATE TABLE "StoreMeta" (
    "name" TEXT COLLATE "C" NOT NULL,
    "value" BYTEA NOT NULL,
    CONSTRAINT "StoreMeta_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "Provider" (
    "id" TEXT COLLATE "C" NOT NULL,
    "slug" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "baseUrl" TEXT COLLATE "C" NOT NULL,
    "isEnabled" BOOLEAN NOT NULL,
    "source" TEXT COLLATE "C" NOT NULL,
    "position" INTEGER NOT NULL,
    "modelRequestKey" BYTEA,
    "customHeaders" BYTEA NOT NULL,
    "timeoutSeconds" DOUBLE PRECISION,
    "firstTokenTimeoutSeconds" DOUBLE PRECISION,
    "maxFailures" INTEGER,
    "maxRetries" INTEGER,
    "testModel" TEXT COLLATE "C",
    "selectionPolicy" TEXT COLLATE "C",
    "fallbacks" TEXT COLLATE "C" NOT NULL,
    "egress" TEXT COLLATE "C",
    "limits" TEXT COLLATE "C",
    "createdAt" BIGINT NOT NULL,
    "updatedAt" BIGINT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "removedAt" BIGINT,
    CONSTRAINT "Provider_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "Provider_slug_key" ON "Provider"("slug");

CREATE TABLE "ApiKey" (
    "id" TEXT COLLATE "C" NOT NULL,
    "providerId" TEXT COLLATE "C" NOT NULL,
    "sealedValue" BYTEA NOT NULL,
    "lookup" BYTEA NOT NULL,
    "hint" TEXT COLLATE "C" NOT NULL,
    "source" TEXT COLLATE "C" NOT NULL,
    "weight" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "note" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "egressId" TEXT COLLATE "C",
    "limits" TEXT COLLATE "C",
    "account" TEXT COLLATE "C",
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "disabledBy" TEXT COLLATE "C",
    "reason" TEXT COLLATE "C",
    "failures" INTEGER NOT NULL DEFAULT 0,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "cooldownUntil" BIGINT,
    "modelCooldowns" TEXT COLLATE "C" NOT NULL,
    "requestCount" BIGINT NOT NULL DEFAULT 0,
    "errorCount" BIGINT NOT NULL DEFAULT 0,
    "lastUsedAt" BIGINT,
    "lastErrorAt" BIGINT,
    "lastErrorStatus" INTEGER,
    "uses" TEXT COLLATE "C",
    "createdAt" BIGINT NOT NULL,
    "updatedAt" BIGINT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "deletedAt" BIGINT,
    "deletionId" TEXT COLLATE "C",
    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "ApiKey_providerId_fkey" FOREIGN KEY ("providerId") REFERENCES "Provider"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "ApiKey_providerId_lookup_key" ON "ApiKey"("providerId", "lookup");
CREATE INDEX "ApiKey_deletedAt_idx" ON "ApiKey"("deletedAt");

CREATE TABLE "ClientToken" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "sealedValue" BYTEA NOT NULL,
    "hint" TEXT COLLATE "C" NOT NULL,
    "requestCount" BIGINT NOT NULL DEFAULT 0,
    "lastUsedAt" BIGINT,
    "createdAt" BIGINT NOT NULL,
    CONSTRAINT "ClientToken_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "EgressProxy" (
    "id" TEXT COLLATE "C" NOT NULL,
    "sealedUrl" BYTEA NOT NULL,
    "lookup" BYTEA NOT NULL,
    "hint" TEXT COLLATE "C" NOT NULL,
    "source" TEXT COLLATE "C" NOT NULL,
    "isShared" BOOLEAN NOT NULL,
    "note" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "disabledBy" TEXT COLLATE "C",
    "reason" TEXT COLLATE "C",
    "failures" INTEGER NOT NULL DEFAULT 0,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "checkedAt" BIGINT,
    "checkLatencyMs" INTEGER,
    "checkStatus" INTEGER,
    "checkError" TEXT COLLATE "C",
    "createdAt" BIGINT NOT NULL,
    "updatedAt" BIGINT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT "EgressProxy_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "EgressProxy_lookup_key" ON "EgressProxy"("lookup");

CREATE TABLE "Setting" (
    "name" TEXT COLLATE "C" NOT NULL,
    "value" BYTEA,
    "source" TEXT COLLATE "C" NOT NULL,
    "appliedEnvironment" BYTEA,
    "appliedFile" BYTEA,
    "updatedAt" BIGINT NOT NULL,
    CONSTRAINT "Setting_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "ObjectOwner" (
    "objectId" TEXT COLLATE "C" NOT NULL,
    "provider" TEXT COLLATE "C" NOT NULL,
    "keyId" TEXT COLLATE "C" NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "lastSeenAt" BIGINT NOT NULL,
    CONSTRAINT "ObjectOwner_pkey" PRIMARY KEY ("objectId", "provider")
);
CREATE INDEX "ObjectOwner_lastSeenAt_idx" ON "ObjectOwner"("lastSeenAt");

CREATE TABLE "RequestLog" (
    "id" TEXT COLLATE "C" NOT NULL,
    "at" BIGINT NOT NULL,
    "requestId" TEXT COLLATE "C" NOT NULL,
    "method" TEXT COLLATE "C" NOT NULL,
    "endpoint" TEXT COLLATE "C" NOT NULL,
    "model" TEXT COLLATE "C",
    "isStream" BOOLEAN NOT NULL,
    "provider" TEXT COLLATE "C",
    "keyId" TEXT COLLATE "C",
    "keyHint" TEXT COLLATE "C",
    "egressId" TEXT COLLATE "C",
    "token" TEXT COLLATE "C",
    "status" INTEGER NOT NULL,
    "outcome" TEXT COLLATE "C" NOT NULL,
    "errorCode" TEXT COLLATE "C",
    "errorMessage" TEXT COLLATE "C",
    "attemptCount" INTEGER NOT NULL,
    "attempts" TEXT COLLATE "C" NOT NULL,
    "ttfbMs" INTEGER,
    "durationMs" INTEGER NOT NULL,
    "promptTokens" INTEGER,
    "cachedTokens" INTEGER,
    "completionTokens" INTEGER,
    "reasoningTokens" INTEGER,
    "requestBytes" BIGINT NOT NULL,
    "responseBytes" BIGINT NOT NULL,
    CONSTRAINT "RequestLog_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "RequestLog_at_idx" ON "RequestLog"("at") INCLUDE ("id");
CREATE INDEX "RequestLog_provider_id_idx" ON "RequestLog"("provider", "id");
CREATE INDEX "RequestLog_keyId_id_idx" ON "RequestLog"("keyId", "id");

CREATE TABLE "ErrorLog" (
    "id" TEXT COLLATE "C" NOT NULL,
    "at" BIGINT NOT NULL,
    "requestId" TEXT COLLATE "C" NOT NULL,
    "requestLogId" TEXT COLLATE "C" NOT NULL,
    "provider" TEXT COLLATE "C",
    "keyId" TEXT COLLATE "C",
    "keyHint" TEXT COLLATE "C",
    "egressId" TEXT COLLATE "C",
    "model" TEXT COLLATE "C",
    "endpoint" TEXT COLLATE "C" NOT NULL,
    "status" INTEGER,
    "verdict" TEXT COLLATE "C" NOT NULL,
    "message" TEXT COLLATE "C" NOT NULL,
    "upstreamBody" TEXT COLLATE "C",
    "requestBody" TEXT COLLATE "C",
    CONSTRAINT "ErrorLog_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "ErrorLog_at_idx" ON "ErrorLog"("at") INCLUDE ("id");
CREATE INDEX "ErrorLog_provider_id_idx" ON "ErrorLog"("provider", "id");
CREATE INDEX "ErrorLog_keyId_id_idx" ON "ErrorLog"("keyId", "id");

CREATE TABLE "UsageRollup" (
    "resolution" TEXT COLLATE "C" NOT NULL,
    "bucketStart" BIGINT NOT NULL,
    "provider" TEXT COLLATE "C" NOT NULL,
    "keyId" TEXT COLLATE "C" NOT NULL,
    "model" TEXT COLLATE "C" NOT NULL,
    "statusClass" TEXT COLLATE "C" NOT NULL,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "attempts" BIGINT NOT NULL DEFAULT 0,
    "failedAttempts" BIGINT NOT NULL DEFAULT 0,
    "promptTokens" BIGINT NOT NULL DEFAULT 0,
    "cachedTokens" BIGINT NOT NULL DEFAULT 0,
    "completionTokens" BIGINT NOT NULL DEFAULT 0,
    "durationMsSum" BIGINT NOT NULL DEFAULT 0,
    "ttfbMsSum" BIGINT NOT NULL DEFAULT 0,
    "ttfbCount" BIGINT NOT NULL DEFAULT 0,
    "latency10" BIGINT NOT NULL DEFAULT 0,
    "latency50" BIGINT NOT NULL DEFAULT 0,
    "latency100" BIGINT NOT NULL DEFAULT 0,
    "latency250" BIGINT NOT NULL DEFAULT 0,
    "latency500" BIGINT NOT NULL DEFAULT 0,
    "latency1000" BIGINT NOT NULL DEFAULT 0,
    "latency2500" BIGINT NOT NULL DEFAULT 0,
    "latency5000" BIGINT NOT NULL DEFAULT 0,
    "latency10000" BIGINT NOT NULL DEFAULT 0,
    "latency30000" BIGINT NOT NULL DEFAULT 0,
    "latency60000" BIGINT NOT NULL DEFAULT 0,
    "latency120000" BIGINT NOT NULL DEFAULT 0,
    "latencyMore" BIGINT NOT NULL DEFAULT 0,
    "latencyMinMs" BIGINT,
    "latencyMaxMs" BIGINT,
    CONSTRAINT "UsageRollup_pkey" PRIMARY KEY ("resolution", "bucketStart", "provider", "keyId", "model", "statusClass")
);
CREATE INDEX "UsageRollup_keyId_resolution_bucketStart_idx" ON "UsageRollup"("keyId", "resolution", "bucketStart");

CREATE TABLE "AuditLog" (
    "id" TEXT COLLATE "C" NOT NULL,
    "at" BIGINT NOT NULL,
    "actor" TEXT COLLATE "C" NOT NULL,
    "action" TEXT COLLATE "C" NOT NULL,
    "target" TEXT COLLATE "C" NOT NULL,
    "detail" TEXT COLLATE "C" NOT NULL,
    CONSTRAINT "AuditLog_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "AuditLog_at_idx" ON "AuditLog"("at");

CREATE TABLE "SignedOutSession" (
    "id" TEXT COLLATE "C" NOT NULL,
    "endsAt" BIGINT NOT NULL,
    CONSTRAINT "SignedOutSession_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "SignedOutSession_endsAt_idx" ON "SignedOutSession"("endsAt");

CREATE TABLE "GuessCount" (
    "address" TEXT COLLATE "C" NOT NULL,
    "process" TEXT COLLATE "C" NOT NULL,
    "guesses" TEXT COLLATE "C" NOT NULL,
    "blockedUntil" BIGINT,
    "blocks" INTEGER NOT NULL,
    "expiresAt" BIGINT NOT NULL,
    CONSTRAINT "GuessCount_pkey" PRIMARY KEY ("address", "process")
);
CREATE INDEX "GuessCount_expiresAt_idx" ON "GuessCount"("expiresAt");
