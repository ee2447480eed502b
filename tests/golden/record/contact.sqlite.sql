SELECT "id", "name", "account", "mobile", "rev", "created_at", "created_by", "updated_at", "updated_by", "owner", "dept", "deleted_at" FROM "sales_contact" WHERE "id" = ?1;
INSERT INTO "sales_contact" ("id", "name", "account", "mobile", "rev", "created_at", "created_by", "updated_at", "updated_by", "owner", "dept", "deleted_at") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);
SELECT "rev", "deleted_at" FROM "sales_contact" WHERE "id" = ?1;
INSERT INTO "sales_contact__history" ("record", "rev", "at", "actor", "door", "op", "changes", "cause") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);
SELECT "rev", "at", "actor", "door", "op", "changes", "cause" FROM "sales_contact__history" WHERE "record" = ?1 ORDER BY "rev" DESC;
UPDATE "sales_contact" SET "name" = ?1, "account" = ?2, "mobile" = ?3, "rev" = ?4, "created_at" = ?5, "created_by" = ?6, "updated_at" = ?7, "updated_by" = ?8, "owner" = ?9, "dept" = ?10, "deleted_at" = ?11 WHERE "id" = ?12;
SELECT "id" FROM "sales_contact" WHERE "account" = ?1 AND "deleted_at" IS NULL ORDER BY "id" LIMIT ?2;
