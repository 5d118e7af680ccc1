-- CreateTable
CREATE TABLE "Incident" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "about" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "beganAt" BIGINT NOT NULL,
    "endedAt" BIGINT,
    "seenAt" BIGINT NOT NULL,
    "item" TEXT NOT NULL,
    "toldAt" BIGINT NOT NULL
);

-- CreateIndex
CREATE INDEX "Incident_endedAt_idx" ON "Incident"("endedAt");
