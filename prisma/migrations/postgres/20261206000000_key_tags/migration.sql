-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN "tags" TEXT COLLATE "C";
