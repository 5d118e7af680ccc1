CREATE TABLE "Incident" (
    "id" TEXT COLLATE "C" NOT NULL,
    "about" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "severity" TEXT COLLATE "C" NOT NULL,
    "beganAt" BIGINT NOT NULL,
    "endedAt" BIGINT,
    "seenAt" BIGINT NOT NULL,
    "item" TEXT COLLATE "C" NOT NULL,
    "toldAt" BIGINT NOT NULL,
    CONSTRAINT "Incident_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Incident_endedAt_idx" ON "Incident"("endedAt");
