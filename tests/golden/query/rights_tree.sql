-- SQLite
SELECT r."id", r."rev", r."subject", r."amount" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND ((r."owner" = ?1 OR r."dept" IN (?2, ?3, ?4))) ORDER BY r."id" DESC LIMIT ?5;
--   1: 2
--   2: 3
--   3: 1
--   4: 2
--   5: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject", r."amount" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND ((r."owner" = $1 OR r."dept" IN ($2, $3, $4))) ORDER BY r."id" DESC LIMIT $5;
