-- SQLite
SELECT r."id", r."rev", r."subject", r."amount", p1."name", p1."phone", ((r."owner" = ?4)), ((r."stage" = ?5)) FROM "shop_deal" r LEFT JOIN "shop_account" p1 ON p1."id" = r."account" AND p1."deleted_at" IS NULL AND ((p1."region" = ?1)) WHERE r."deleted_at" IS NULL AND (((r."owner" = ?2)) OR ((r."stage" = ?3))) ORDER BY r."id" DESC LIMIT ?6;
--   1: 10
--   2: 1
--   3: 15
--   4: 1
--   5: 15
--   6: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject", r."amount", p1."name", p1."phone", ((r."owner" = $4)), ((r."stage" = $5::bigint)) FROM "shop_deal" r LEFT JOIN "shop_account" p1 ON p1."id" = r."account" AND p1."deleted_at" IS NULL AND ((p1."region" = $1::bigint)) WHERE r."deleted_at" IS NULL AND (((r."owner" = $2)) OR ((r."stage" = $3::bigint))) ORDER BY r."id" DESC LIMIT $6;
