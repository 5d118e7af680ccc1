-- AlterTable
ALTER TABLE "Provider" ADD COLUMN "egress" TEXT;

-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN "egressId" TEXT;

-- CreateTable
CREATE TABLE "EgressProxy" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "sealedUrl" BLOB NOT NULL,
    "lookup" BLOB NOT NULL,
    "hint" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "isShared" BOOLEAN NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "isDisabled" BOOLEAN NOT NULL DEFAULT false,
    "disabledBy" TEXT,
    "reason" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "checkedAt" BIGINT,
    "checkLatencyMs" INTEGER,
    "checkStatus" INTEGER,
    "checkError" TEXT,
    "createdAt" BIGINT NOT NULL,
    "updatedAt" BIGINT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1
);

-- CreateIndex
CREATE UNIQUE INDEX "EgressProxy_lookup_key" ON "EgressProxy"("lookup");
