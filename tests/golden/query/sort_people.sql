-- SQLite
SELECT r."id", r."rev", r."subject", (SELECT login FROM sys_user WHERE id = r."keeper") FROM "shop_deal" r WHERE r."deleted_at" IS NULL ORDER BY (SELECT login FROM sys_user WHERE id = r."keeper") NULLS LAST, r."id" LIMIT ?1;
--   1: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject", (SELECT login FROM sys_user WHERE id = r."keeper") FROM "shop_deal" r WHERE r."deleted_at" IS NULL ORDER BY (SELECT login FROM sys_user WHERE id = r."keeper") NULLS LAST, r."id" LIMIT $1;
