-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN "account" TEXT;
