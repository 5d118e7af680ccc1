-- AlterTable
ALTER TABLE "RequestLog" ADD COLUMN "upstreamId" TEXT COLLATE "C";
