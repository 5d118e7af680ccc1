-- AlterTable
ALTER TABLE "UsageRollup" ADD COLUMN "rescued" BIGINT;
