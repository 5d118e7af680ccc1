-- MySQL cannot add a column or an index only if it is missing, and each of these has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ApiKey' AND COLUMN_NAME = 'version') = 0,
    'ALTER TABLE `ApiKey` ADD COLUMN `version` INTEGER NOT NULL DEFAULT 1', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;

SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ApiKey' AND COLUMN_NAME = 'deletedAt') = 0,
    'ALTER TABLE `ApiKey` ADD COLUMN `deletedAt` BIGINT NULL', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;

SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ApiKey' AND COLUMN_NAME = 'deletionId') = 0,
    'ALTER TABLE `ApiKey` ADD COLUMN `deletionId` VARCHAR(32) NULL', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;

SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ApiKey' AND INDEX_NAME = 'ApiKey_deletedAt_idx') = 0,
    'CREATE INDEX `ApiKey_deletedAt_idx` ON `ApiKey`(`deletedAt`)', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;

CREATE TABLE IF NOT EXISTS `ClientToken` (
    `id` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `name` VARCHAR(191) NOT NULL,
    `sealedValue` BLOB NOT NULL,
    `hint` VARCHAR(64) NOT NULL,
    `requestCount` BIGINT NOT NULL DEFAULT 0,
    `lastUsedAt` BIGINT NULL,
    `createdAt` BIGINT NOT NULL,
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
