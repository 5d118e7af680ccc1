-- AlterTable
ALTER TABLE "RequestLog" ADD COLUMN "route" TEXT COLLATE "C";
