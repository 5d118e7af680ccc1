-- MySQL cannot add an index only if it is missing, and this has to be able to run twice.
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'RequestLog' AND INDEX_NAME = 'RequestLog_requestId_id_idx') = 0,
    'CREATE INDEX `RequestLog_requestId_id_idx` ON `RequestLog`(`requestId`, `id`)', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
SET @statement = IF(
    (SELECT COUNT(*) FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'ErrorLog' AND INDEX_NAME = 'ErrorLog_requestId_id_idx') = 0,
    'CREATE INDEX `ErrorLog_requestId_id_idx` ON `ErrorLog`(`requestId`, `id`)', 'DO 0');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
