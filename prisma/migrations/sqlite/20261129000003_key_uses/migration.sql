-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN "uses" TEXT;
