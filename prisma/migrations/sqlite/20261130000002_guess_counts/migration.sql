-- CreateTable
CREATE TABLE "GuessCount" (
    "address" TEXT NOT NULL,
    "process" TEXT NOT NULL,
    "guesses" TEXT NOT NULL,
    "blockedUntil" BIGINT,
    "blocks" INTEGER NOT NULL,
    "expiresAt" BIGINT NOT NULL,

    PRIMARY KEY ("address", "process")
);

-- CreateIndex
CREATE INDEX "GuessCount_expiresAt_idx" ON "GuessCount"("expiresAt");
