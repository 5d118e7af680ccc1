-- SQLite cannot change a primary key: the table is written anew. Rows that are there are of all tokens together.
CREATE TABLE "new_UsageRollup" (
    "resolution" TEXT NOT NULL,
    "bucketStart" BIGINT NOT NULL,
    "provider" TEXT NOT NULL,
    "keyId" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "statusClass" TEXT NOT NULL,
    "token" TEXT NOT NULL DEFAULT '',
    "requests" BIGINT NOT NULL DEFAULT 0,
    "attempts" BIGINT NOT NULL DEFAULT 0,
    "failedAttempts" BIGINT NOT NULL DEFAULT 0,
    "promptTokens" BIGINT NOT NULL DEFAULT 0,
    "cachedTokens" BIGINT NOT NULL DEFAULT 0,
    "completionTokens" BIGINT NOT NULL DEFAULT 0,
    "costNano" BIGINT NOT NULL DEFAULT 0,
    "unpriced" BIGINT NOT NULL DEFAULT 0,
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
    PRIMARY KEY ("resolution", "bucketStart", "provider", "keyId", "model", "statusClass", "token")
) WITHOUT ROWID;
INSERT INTO "new_UsageRollup" (
    "resolution", "bucketStart", "provider", "keyId", "model", "statusClass", "requests", "attempts",
    "failedAttempts", "promptTokens", "cachedTokens", "completionTokens", "costNano", "unpriced",
    "durationMsSum", "ttfbMsSum", "ttfbCount", "latency10", "latency50", "latency100", "latency250",
    "latency500", "latency1000", "latency2500", "latency5000", "latency10000", "latency30000", "latency60000",
    "latency120000", "latencyMore", "latencyMinMs", "latencyMaxMs"
)
SELECT
    "resolution", "bucketStart", "provider", "keyId", "model", "statusClass", "requests", "attempts",
    "failedAttempts", "promptTokens", "cachedTokens", "completionTokens", "costNano", "unpriced",
    "durationMsSum", "ttfbMsSum", "ttfbCount", "latency10", "latency50", "latency100", "latency250",
    "latency500", "latency1000", "latency2500", "latency5000", "latency10000", "latency30000", "latency60000",
    "latency120000", "latencyMore", "latencyMinMs", "latencyMaxMs"
FROM "UsageRollup";
DROP TABLE "UsageRollup";
ALTER TABLE "new_UsageRollup" RENAME TO "UsageRollup";
CREATE INDEX "UsageRollup_keyId_resolution_bucketStart_idx" ON "UsageRollup"("keyId", "resolution", "bucketStart");
CREATE INDEX "UsageRollup_token_resolution_bucketStart_idx" ON "UsageRollup"("token", "resolution", "bucketStart");
