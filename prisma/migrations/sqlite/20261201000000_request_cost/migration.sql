-- AlterTable
ALTER TABLE "RequestLog" ADD COLUMN "costNano" BIGINT;
