-- AlterTable
ALTER TABLE "RequestLog" ADD COLUMN "modelAsked" TEXT;
