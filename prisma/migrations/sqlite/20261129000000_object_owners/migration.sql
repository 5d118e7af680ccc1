-- CreateTable
CREATE TABLE "ObjectOwner" (
    "objectId" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "keyId" TEXT NOT NULL,
    "createdAt" BIGINT NOT NULL,
    "lastSeenAt" BIGINT NOT NULL,

    PRIMARY KEY ("objectId", "provider")
);

-- CreateIndex
CREATE INDEX "ObjectOwner_lastSeenAt_idx" ON "ObjectOwner"("lastSeenAt");
