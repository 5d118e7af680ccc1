-- AlterTable
ALTER TABLE "Provider" ADD COLUMN "firstTokenTimeoutSeconds" REAL;
