-- SQLite
SELECT r."id", r."rev", r."name", r."phone" FROM "shop_account" r WHERE r."deleted_at" IS NULL AND ((r."region" = ?1)) ORDER BY r."id" DESC LIMIT ?2;
--   1: 10
--   2: 51
-- PostgreSQL
SELECT r."id", r."rev", r."name", r."phone" FROM "shop_account" r WHERE r."deleted_at" IS NULL AND ((r."region" = $1::bigint)) ORDER BY r."id" DESC LIMIT $2;
