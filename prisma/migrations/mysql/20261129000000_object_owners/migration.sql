CREATE TABLE IF NOT EXISTS `ObjectOwner` (
    `objectId` VARCHAR(255) NOT NULL,
    `provider` VARCHAR(64) NOT NULL,
    `keyId` VARCHAR(32) NOT NULL,
    `createdAt` BIGINT NOT NULL,
    `lastSeenAt` BIGINT NOT NULL,
    PRIMARY KEY (`objectId`, `provider`),
    INDEX `ObjectOwner_lastSeenAt_idx`(`lastSeenAt`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
