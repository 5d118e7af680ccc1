-- AlterTable
ALTER TABLE "UsageRollup" ADD COLUMN "unpriced" BIGINT NOT NULL DEFAULT 0;
-- What was counted before has no known price.
UPDATE "UsageRollup" SET "unpriced" = "requests" WHERE "promptTokens" + "completionTokens" > 0;
