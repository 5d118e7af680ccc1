CREATE TABLE IF NOT EXISTS `GuessCount` (
    `address` VARCHAR(64) NOT NULL,
    `process` VARCHAR(32) NOT NULL,
    `guesses` VARCHAR(1000) NOT NULL,
    `blockedUntil` BIGINT NULL,
    `blocks` INTEGER NOT NULL,
    `expiresAt` BIGINT NOT NULL,
    PRIMARY KEY (`address`, `process`),
    INDEX `GuessCount_expiresAt_idx`(`expiresAt`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
