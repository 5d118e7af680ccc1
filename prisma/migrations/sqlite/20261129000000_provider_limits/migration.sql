-- AlterTable
ALTER TABLE "Provider" ADD COLUMN "limits" TEXT;
