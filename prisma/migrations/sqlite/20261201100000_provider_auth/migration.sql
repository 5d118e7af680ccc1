-- AlterTable
ALTER TABLE "Provider" ADD COLUMN "auth" TEXT NOT NULL DEFAULT 'bearer';
