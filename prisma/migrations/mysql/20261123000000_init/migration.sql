-- MySQL commits each statement of a migration by itself, so every statement here can run twice: a migration that was cut
-- short is simply run again. Text compares byte by byte (utf8mb4_bin): `gpt-4` and `GPT-4` are two models.

CREATE TABLE IF NOT EXISTS `StoreMeta` (
    `name` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `value` BLOB NOT NULL,
    PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE IF NOT EXISTS `Provider` (
    `id` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `slug` VARCHAR(64) NOT NULL,
    `name` VARCHAR(191) NOT NULL,
    `baseUrl` VARCHAR(2000) NOT NULL,
    `isEnabled` BOOLEAN NOT NULL,
    `source` VARCHAR(16) NOT NULL,
    `position` INTEGER NOT NULL,
    `modelRequestKey` BLOB NULL,
    `customHeaders` MEDIUMBLOB NOT NULL,
    `timeoutSeconds` DOUBLE NULL,
    `maxFailures` INTEGER NULL,
    `maxRetries` INTEGER NULL,
    `testModel` VARCHAR(191) NULL,
    `selectionPolicy` VARCHAR(32) NULL,
    `fallbacks` TEXT NOT NULL,
    `createdAt` BIGINT NOT NULL,
    `updatedAt` BIGINT NOT NULL,
    `version` INTEGER NOT NULL DEFAULT 1,
    UNIQUE INDEX `Provider_slug_key` (`slug`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE IF NOT EXISTS `ApiKey` (
    `id` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `providerId` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `sealedValue` BLOB NOT NULL,
    `lookup` BINARY(32) NOT NULL,
    `hint` VARCHAR(64) NOT NULL,
    `source` VARCHAR(16) NOT NULL,
    `weight` DOUBLE NOT NULL DEFAULT 1,
    `note` VARCHAR(1000) NOT NULL DEFAULT '',
    `isDisabled` BOOLEAN NOT NULL DEFAULT false,
    `disabledBy` VARCHAR(16) NULL,
    `reason` VARCHAR(1000) NULL,
    `failures` INTEGER NOT NULL DEFAULT 0,
    `cooldownUntil` BIGINT NULL,
    `modelCooldowns` MEDIUMTEXT NOT NULL,
    `requestCount` BIGINT NOT NULL DEFAULT 0,
    `errorCount` BIGINT NOT NULL DEFAULT 0,
    `lastUsedAt` BIGINT NULL,
    `lastErrorAt` BIGINT NULL,
    `lastErrorStatus` INTEGER NULL,
    `createdAt` BIGINT NOT NULL,
    `updatedAt` BIGINT NOT NULL,
    UNIQUE INDEX `ApiKey_providerId_lookup_key` (`providerId`, `lookup`),
    PRIMARY KEY (`id`),
    CONSTRAINT `ApiKey_providerId_fkey` FOREIGN KEY (`providerId`) REFERENCES `Provider` (`id`) ON DELETE CASCADE ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE IF NOT EXISTS `Setting` (
    `name` VARCHAR(64) NOT NULL,
    `value` MEDIUMBLOB NULL,
    `source` VARCHAR(16) NOT NULL,
    `appliedEnvironment` MEDIUMBLOB NULL,
    `appliedFile` MEDIUMBLOB NULL,
    `updatedAt` BIGINT NOT NULL,
    PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE IF NOT EXISTS `RequestLog` (
    `id` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `at` BIGINT NOT NULL,
    `requestId` VARCHAR(191) NOT NULL,
    `method` VARCHAR(16) NOT NULL,
    `endpoint` VARCHAR(500) NOT NULL,
    `model` VARCHAR(191) NULL,
    `isStream` BOOLEAN NOT NULL,
    `provider` VARCHAR(64) NULL,
    `keyId` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `keyHint` VARCHAR(64) NULL,
    `egressId` VARCHAR(64) NULL,
    `token` VARCHAR(64) NULL,
    `status` INTEGER NOT NULL,
    `outcome` VARCHAR(64) NOT NULL,
    `errorCode` VARCHAR(191) NULL,
    `errorMessage` VARCHAR(2000) NULL,
    `attemptCount` INTEGER NOT NULL,
    `attempts` MEDIUMTEXT NOT NULL,
    `ttfbMs` INTEGER NULL,
    `durationMs` INTEGER NOT NULL,
    `promptTokens` INTEGER NULL,
    `cachedTokens` INTEGER NULL,
    `completionTokens` INTEGER NULL,
    `reasoningTokens` INTEGER NULL,
    `requestBytes` BIGINT NOT NULL,
    `responseBytes` BIGINT NOT NULL,
    INDEX `RequestLog_at_idx` (`at`),
    INDEX `RequestLog_provider_id_idx` (`provider`, `id`),
    INDEX `RequestLog_keyId_id_idx` (`keyId`, `id`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE IF NOT EXISTS `ErrorLog` (
    `id` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `at` BIGINT NOT NULL,
    `requestId` VARCHAR(191) NOT NULL,
    `requestLogId` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `provider` VARCHAR(64) NULL,
    `keyId` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
    `keyHint` VARCHAR(64) NULL,
    `egressId` VARCHAR(64) NULL,
    `model` VARCHAR(191) NULL,
    `endpoint` VARCHAR(500) NOT NULL,
    `status` INTEGER NULL,
    `verdict` VARCHAR(64) NOT NULL,
    `message` VARCHAR(2000) NOT NULL,
    `upstreamBody` MEDIUMTEXT NULL,
    `requestBody` MEDIUMTEXT NULL,
    INDEX `ErrorLog_at_idx` (`at`),
    INDEX `ErrorLog_provider_id_idx` (`provider`, `id`),
    INDEX `ErrorLog_keyId_id_idx` (`keyId`, `id`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE IF NOT EXISTS `UsageRollup` (
    `resolution` VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `bucketStart` BIGINT NOT NULL,
    `provider` VARCHAR(64) NOT NULL,
    `keyId` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `model` VARCHAR(191) NOT NULL,
    `statusClass` VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `requests` BIGINT NOT NULL DEFAULT 0,
    `promptTokens` BIGINT NOT NULL DEFAULT 0,
    `cachedTokens` BIGINT NOT NULL DEFAULT 0,
    `completionTokens` BIGINT NOT NULL DEFAULT 0,
    `durationMsSum` BIGINT NOT NULL DEFAULT 0,
    `ttfbMsSum` BIGINT NOT NULL DEFAULT 0,
    `ttfbCount` BIGINT NOT NULL DEFAULT 0,
    `latency250` BIGINT NOT NULL DEFAULT 0,
    `latency500` BIGINT NOT NULL DEFAULT 0,
    `latency1000` BIGINT NOT NULL DEFAULT 0,
    `latency2500` BIGINT NOT NULL DEFAULT 0,
    `latency5000` BIGINT NOT NULL DEFAULT 0,
    `latency10000` BIGINT NOT NULL DEFAULT 0,
    `latency30000` BIGINT NOT NULL DEFAULT 0,
    `latencyMore` BIGINT NOT NULL DEFAULT 0,
    INDEX `UsageRollup_keyId_resolution_bucketStart_idx` (`keyId`, `resolution`, `bucketStart`),
    PRIMARY KEY (`resolution`, `bucketStart`, `provider`, `keyId`, `model`, `statusClass`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE IF NOT EXISTS `AuditLog` (
    `id` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `at` BIGINT NOT NULL,
    `actor` VARCHAR(191) NOT NULL,
    `action` VARCHAR(64) NOT NULL,
    `target` VARCHAR(500) NOT NULL,
    `detail` MEDIUMTEXT NOT NULL,
    INDEX `AuditLog_at_idx` (`at`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
