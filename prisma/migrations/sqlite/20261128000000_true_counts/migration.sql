-- AlterTable
ALTER TABLE "UsageRollup" ADD COLUMN "attempts" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "UsageRollup" ADD COLUMN "failedAttempts" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "UsageRollup" ADD COLUMN "latencyMinMs" BIGINT;
ALTER TABLE "UsageRollup" ADD COLUMN "latencyMaxMs" BIGINT;

-- What the log knows of the time before is counted anew by the running program, from here backwards: see lib/store/recount.ts.
INSERT INTO "StoreMeta" ("name", "value")
SELECT 'recount', CAST(MAX("id") || '~' AS BLOB) FROM "RequestLog" HAVING COUNT(*) > 0;
