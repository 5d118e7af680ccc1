-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ApiKey' AND COLUMN_NAME = 'tags') = 0,
    'ALTER TABLE `ApiKey` ADD COLUMN `tags` MEDIUMTEXT NULL', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
