-- MySQL cannot add a column only if it is missing, and each of these has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'Provider' AND COLUMN_NAME = 'egress') = 0,
    'ALTER TABLE `Provider` ADD COLUMN `egress` TEXT NULL', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;

SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ApiKey' AND COLUMN_NAME = 'egressId') = 0,
    'ALTER TABLE `ApiKey` ADD COLUMN `egressId` VARCHAR(32) NULL', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;

CREATE TABLE IF NOT EXISTS `EgressProxy` (
    `id` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    `sealedUrl` BLOB NOT NULL,
    `lookup` BINARY(32) NOT NULL,
    `hint` VARCHAR(500) NOT NULL,
    `source` VARCHAR(16) NOT NULL,
    `isShared` BOOLEAN NOT NULL,
    `note` VARCHAR(1000) NOT NULL DEFAULT '',
    `isDisabled` BOOLEAN NOT NULL DEFAULT false,
    `disabledBy` VARCHAR(16) NULL,
    `reason` VARCHAR(1000) NULL,
    `failures` INTEGER NOT NULL DEFAULT 0,
    `checkedAt` BIGINT NULL,
    `checkLatencyMs` INTEGER NULL,
    `checkStatus` INTEGER NULL,
    `checkError` VARCHAR(1000) NULL,
    `createdAt` BIGINT NOT NULL,
    `updatedAt` BIGINT NOT NULL,
    `version` INTEGER NOT NULL DEFAULT 1,
    UNIQUE INDEX `EgressProxy_lookup_key` (`lookup`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
