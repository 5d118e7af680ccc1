CREATE TABLE IF NOT EXISTS `Incident` (
    `id` VARCHAR(32) NOT NULL,
    `about` VARCHAR(500) NOT NULL,
    `kind` VARCHAR(16) NOT NULL,
    `severity` VARCHAR(8) NOT NULL,
    `beganAt` BIGINT NOT NULL,
    `endedAt` BIGINT NULL,
    `seenAt` BIGINT NOT NULL,
    `item` MEDIUMTEXT NOT NULL,
    `toldAt` BIGINT NOT NULL,
    PRIMARY KEY (`id`),
    INDEX `Incident_endedAt_idx`(`endedAt`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
