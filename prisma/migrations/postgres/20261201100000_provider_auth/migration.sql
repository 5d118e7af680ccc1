-- AlterTable
ALTER TABLE "Provider" ADD COLUMN "auth" TEXT COLLATE "C" NOT NULL DEFAULT 'bearer';
