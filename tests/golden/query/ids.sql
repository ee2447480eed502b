-- SQLite
SELECT r."id", r."rev", r."name", r."region", r."phone", r."level", r."secret", r."holding", r."created_at", r."created_by", r."updated_at", r."updated_by", r."owner", r."dept" FROM "shop_account" r WHERE r."deleted_at" IS NULL AND r."id" IN (SELECT value FROM json_each(?1)) ORDER BY r."id" DESC LIMIT ?2;
--   1: '[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40]'
--   2: 51
-- PostgreSQL
SELECT r."id", r."rev", r."name", r."region", r."phone", r."level", r."secret", r."holding", r."created_at", r."created_by", r."updated_at", r."updated_by", r."owner", r."dept" FROM "shop_account" r WHERE r."deleted_at" IS NULL AND r."id" = ANY (CAST($1 AS bigint[])) ORDER BY r."id" DESC LIMIT $2;
