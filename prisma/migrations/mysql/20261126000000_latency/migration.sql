-- MySQL cannot add columns only if they are missing, and this has to be able to run twice. One statement adds all or none.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'UsageRollup' AND COLUMN_NAME = 'latency10') = 0,
    'ALTER TABLE `UsageRollup`
        ADD COLUMN `latency10` BIGINT NOT NULL DEFAULT 0,
        ADD COLUMN `latency50` BIGINT NOT NULL DEFAULT 0,
        ADD COLUMN `latency100` BIGINT NOT NULL DEFAULT 0,
        ADD COLUMN `latency60000` BIGINT NOT NULL DEFAULT 0,
        ADD COLUMN `latency120000` BIGINT NOT NULL DEFAULT 0', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
