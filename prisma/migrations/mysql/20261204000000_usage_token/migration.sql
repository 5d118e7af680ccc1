-- MySQL cannot add a column only if it is missing, and this has to be able to run twice. One statement changes all or
-- nothing. Rows that are there are of all tokens together.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'UsageRollup' AND COLUMN_NAME = 'token') = 0,
    'ALTER TABLE `UsageRollup`
        ADD COLUMN `token` VARCHAR(64) NOT NULL DEFAULT '''',
        DROP PRIMARY KEY,
        ADD PRIMARY KEY (`resolution`, `bucketStart`, `provider`, `keyId`, `model`, `statusClass`, `token`),
        ADD INDEX `UsageRollup_token_resolution_bucketStart_idx` (`token`, `resolution`, `bucketStart`)', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
