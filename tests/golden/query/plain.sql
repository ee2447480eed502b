-- SQLite
SELECT r."id", r."rev", r."subject", r."account", r."stage", r."amount", r."close_date", r."hot", r."keeper", r."note", r."created_at", r."created_by", r."updated_at", r."updated_by", r."owner", r."dept" FROM "shop_deal" r WHERE r."deleted_at" IS NULL ORDER BY r."id" DESC LIMIT ?1;
--   1: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject", r."account", r."stage", r."amount", r."close_date", r."hot", r."keeper", r."note", r."created_at", r."created_by", r."updated_at", r."updated_by", r."owner", r."dept" FROM "shop_deal" r WHERE r."deleted_at" IS NULL ORDER BY r."id" DESC LIMIT $1;
