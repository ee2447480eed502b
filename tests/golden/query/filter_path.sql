-- SQLite
SELECT r."id", r."rev", r."subject" FROM "shop_deal" r LEFT JOIN "shop_account" p1 ON p1."id" = r."account" AND p1."deleted_at" IS NULL WHERE r."deleted_at" IS NULL AND ((p1."region" = ?1 or (p1."holding" is null))) ORDER BY r."id" DESC LIMIT ?2;
--   1: 10
--   2: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject" FROM "shop_deal" r LEFT JOIN "shop_account" p1 ON p1."id" = r."account" AND p1."deleted_at" IS NULL WHERE r."deleted_at" IS NULL AND ((p1."region" = $1::bigint or (p1."holding" is null))) ORDER BY r."id" DESC LIMIT $2;
