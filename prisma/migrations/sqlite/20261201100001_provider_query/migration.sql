-- AlterTable
ALTER TABLE "Provider" ADD COLUMN "query" BLOB;
