-- MySQL cannot add columns only if they are missing, and this has to be able to run twice. One statement adds all or none.
SET @isNew = (SELECT COUNT(*) = 0 FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'UsageRollup' AND COLUMN_NAME = 'latencyMaxMs');
-- What the log knows of the time before is counted anew by the running program, from here backwards: see lib/store/recount.ts.
-- It comes first: once the columns are there, none of this is done again.
SET @statement = IF(@isNew,
    'INSERT INTO `StoreMeta` (`name`, `value`)
        SELECT ''recount'', CONCAT(MAX(`id`), ''~'') FROM `RequestLog` HAVING COUNT(*) > 0
        ON DUPLICATE KEY UPDATE `value` = VALUES(`value`)', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
SET @statement = IF(@isNew,
    'ALTER TABLE `UsageRollup`
        ADD COLUMN `attempts` BIGINT NOT NULL DEFAULT 0,
        ADD COLUMN `failedAttempts` BIGINT NOT NULL DEFAULT 0,
        ADD COLUMN `latencyMinMs` BIGINT NULL,
        ADD COLUMN `latencyMaxMs` BIGINT NULL', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
