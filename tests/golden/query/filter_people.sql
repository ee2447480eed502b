-- SQLite
SELECT r."id", r."rev", r."subject" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND ((r."keeper" = ?1 and (CASE r."owner" WHEN 2 THEN 1 WHEN NULL THEN NULL END is null))) ORDER BY r."id" DESC LIMIT ?2;
--   1: 1
--   2: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND ((r."keeper" = $1::bigint and (CASE r."owner" WHEN 2 THEN 1 WHEN NULL THEN NULL END is null))) ORDER BY r."id" DESC LIMIT $2;
