-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'UsageRollup' AND COLUMN_NAME = 'unpriced') = 0,
    'ALTER TABLE `UsageRollup` ADD COLUMN `unpriced` BIGINT NOT NULL DEFAULT 0', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
-- What was counted before has no known price.
UPDATE `UsageRollup` SET `unpriced` = `requests` WHERE `promptTokens` + `completionTokens` > 0 AND `costNano` = 0;
