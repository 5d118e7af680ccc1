-- AlterTable
ALTER TABLE "Provider" ADD COLUMN "query" BYTEA;
