-- AlterTable
ALTER TABLE "ClientToken" ADD COLUMN "isEnabled" BOOLEAN NOT NULL DEFAULT true;
-- AlterTable
ALTER TABLE "ClientToken" ADD COLUMN "expiresAt" BIGINT;
-- AlterTable
ALTER TABLE "ClientToken" ADD COLUMN "rules" TEXT COLLATE "C";
-- AlterTable
ALTER TABLE "ClientToken" ADD COLUMN "note" TEXT COLLATE "C" NOT NULL DEFAULT '';
-- AlterTable
ALTER TABLE "ClientToken" ADD COLUMN "version" INTEGER NOT NULL DEFAULT 1;
-- AlterTable
ALTER TABLE "ClientToken" ADD COLUMN "spentPeriod" TEXT COLLATE "C" NOT NULL DEFAULT '';
-- AlterTable
ALTER TABLE "ClientToken" ADD COLUMN "spentNano" BIGINT NOT NULL DEFAULT 0;
-- AlterTable
ALTER TABLE "ClientToken" ADD COLUMN "spentTokens" BIGINT NOT NULL DEFAULT 0;
-- AlterTable
ALTER TABLE "ClientToken" ADD COLUMN "spentRequests" BIGINT NOT NULL DEFAULT 0;
