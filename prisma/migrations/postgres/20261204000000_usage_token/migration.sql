-- Rows that are there are of all tokens together.
ALTER TABLE "UsageRollup"
    ADD COLUMN "token" TEXT COLLATE "C" NOT NULL DEFAULT '',
    DROP CONSTRAINT "UsageRollup_pkey",
    ADD CONSTRAINT "UsageRollup_pkey"
        PRIMARY KEY ("resolution", "bucketStart", "provider", "keyId", "model", "statusClass", "token");
CREATE INDEX "UsageRollup_token_resolution_bucketStart_idx" ON "UsageRollup"("token", "resolution", "bucketStart");
