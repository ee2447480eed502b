-- SQLite
SELECT r."id", r."rev", r."subject", r."amount", p1."name", p2."region" FROM "shop_deal" r LEFT JOIN "shop_account" p1 ON p1."id" = r."account" AND p1."deleted_at" IS NULL LEFT JOIN "shop_account" p2 ON p2."id" = p1."holding" AND p2."deleted_at" IS NULL WHERE r."deleted_at" IS NULL ORDER BY r."id" DESC LIMIT ?1;
--   1: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject", r."amount", p1."name", p2."region" FROM "shop_deal" r LEFT JOIN "shop_account" p1 ON p1."id" = r."account" AND p1."deleted_at" IS NULL LEFT JOIN "shop_account" p2 ON p2."id" = p1."holding" AND p2."deleted_at" IS NULL WHERE r."deleted_at" IS NULL ORDER BY r."id" DESC LIMIT $1;
