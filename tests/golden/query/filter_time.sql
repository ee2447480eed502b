-- SQLite
SELECT r."id", r."rev", r."subject" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND (((r."created_at" >= ?1) and r."close_date" = ?2)) ORDER BY r."id" DESC LIMIT ?3;
--   1: 1767196800000000
--   2: 20775
--   3: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND (((r."created_at" >= $1::bigint) and r."close_date" = $2::bigint)) ORDER BY r."id" DESC LIMIT $3;
