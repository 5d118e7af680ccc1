-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'UsageRollup' AND COLUMN_NAME = 'costNano') = 0,
    'ALTER TABLE `UsageRollup` ADD COLUMN `costNano` BIGINT NOT NULL DEFAULT 0', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
