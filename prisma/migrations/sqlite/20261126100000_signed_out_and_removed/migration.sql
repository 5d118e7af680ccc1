-- AlterTable
ALTER TABLE "Provider" ADD COLUMN "removedAt" BIGINT;

-- CreateTable
CREATE TABLE "SignedOutSession" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "endsAt" BIGINT NOT NULL
);

-- CreateIndex
CREATE INDEX "SignedOutSession_endsAt_idx" ON "SignedOutSession"("endsAt");
