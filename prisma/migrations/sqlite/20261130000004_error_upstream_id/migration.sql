-- AlterTable
ALTER TABLE "ErrorLog" ADD COLUMN "upstreamId" TEXT;
