-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'UsageRollup' AND COLUMN_NAME = 'rescued') = 0,
    'ALTER TABLE `UsageRollup` ADD COLUMN `rescued` BIGINT NULL', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
