CREATE TABLE IF NOT EXISTS `SavedView` (
    `id` VARCHAR(32) NOT NULL,
    `page` VARCHAR(16) NOT NULL,
    `name` VARCHAR(80) NOT NULL,
    `state` MEDIUMTEXT NOT NULL,
    `createdAt` BIGINT NOT NULL,
    `updatedAt` BIGINT NOT NULL,
    `version` INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (`id`),
    UNIQUE INDEX `SavedView_page_name_key`(`page`, `name`)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT=DYNAMIC;
