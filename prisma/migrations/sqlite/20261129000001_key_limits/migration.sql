-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN "limits" TEXT;
