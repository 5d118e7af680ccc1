-- MySQL cannot add a column only if it is missing, and each of these has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'Provider' AND COLUMN_NAME = 'removedAt') = 0,
    'ALTER TABLE `Provider` ADD COLUMN `removedAt` BIGINT NULL', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;

CREATE TABLE IF NOT EXISTS `SignedOutSession` (
    `id` VARCHAR(64) NOT NULL,
    `endsAt` BIGINT NOT NULL,
    PRIMARY KEY (`id`),
    INDEX `SignedOutSession_endsAt_idx`(`endsAt`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
