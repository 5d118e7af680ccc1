-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN "deletedAt" BIGINT;

-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN "deletionId" TEXT;

-- CreateIndex
CREATE INDEX "ApiKey_deletedAt_idx" ON "ApiKey"("deletedAt");

-- CreateTable
CREATE TABLE "ClientToken" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "sealedValue" BLOB NOT NULL,
    "hint" TEXT NOT NULL,
    "requestCount" BIGINT NOT NULL DEFAULT 0,
    "lastUsedAt" BIGINT,
    "createdAt" BIGINT NOT NULL
);
