-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ClientToken' AND COLUMN_NAME = 'isEnabled') = 0,
    'ALTER TABLE `ClientToken` ADD COLUMN `isEnabled` BOOLEAN NOT NULL DEFAULT true', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ClientToken' AND COLUMN_NAME = 'expiresAt') = 0,
    'ALTER TABLE `ClientToken` ADD COLUMN `expiresAt` BIGINT NULL', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ClientToken' AND COLUMN_NAME = 'rules') = 0,
    'ALTER TABLE `ClientToken` ADD COLUMN `rules` MEDIUMTEXT NULL', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ClientToken' AND COLUMN_NAME = 'note') = 0,
    'ALTER TABLE `ClientToken` ADD COLUMN `note` VARCHAR(1000) NOT NULL DEFAULT ''''', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ClientToken' AND COLUMN_NAME = 'version') = 0,
    'ALTER TABLE `ClientToken` ADD COLUMN `version` INTEGER NOT NULL DEFAULT 1', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ClientToken' AND COLUMN_NAME = 'spentPeriod') = 0,
    'ALTER TABLE `ClientToken` ADD COLUMN `spentPeriod` VARCHAR(32) NOT NULL DEFAULT ''''', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ClientToken' AND COLUMN_NAME = 'spentNano') = 0,
    'ALTER TABLE `ClientToken` ADD COLUMN `spentNano` BIGINT NOT NULL DEFAULT 0', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ClientToken' AND COLUMN_NAME = 'spentTokens') = 0,
    'ALTER TABLE `ClientToken` ADD COLUMN `spentTokens` BIGINT NOT NULL DEFAULT 0', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
-- MySQL cannot add a column only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ClientToken' AND COLUMN_NAME = 'spentRequests') = 0,
    'ALTER TABLE `ClientToken` ADD COLUMN `spentRequests` BIGINT NOT NULL DEFAULT 0', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
