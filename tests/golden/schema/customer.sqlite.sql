CREATE TABLE "shop_customer" (
	"id" INTEGER PRIMARY KEY,
	"rev" INTEGER NOT NULL,
	"created_at" INTEGER NOT NULL,
	"created_by" INTEGER,
	"updated_at" INTEGER NOT NULL,
	"updated_by" INTEGER,
	"owner" INTEGER,
	"dept" INTEGER,
	"deleted_at" INTEGER,
	"name" TEXT,
	"_group" TEXT,
	"_group$sort" TEXT
) STRICT;
CREATE TABLE "shop_customer__history" (
	"record" INTEGER NOT NULL,
	"rev" INTEGER NOT NULL,
	"at" INTEGER NOT NULL,
	"actor" INTEGER,
	"door" TEXT NOT NULL,
	"op" TEXT NOT NULL,
	"changes" TEXT,
	"cause" TEXT,
	PRIMARY KEY ("record", "rev")
) STRICT, WITHOUT ROWID;
CREATE INDEX "i_shop_customer__history__cause" ON "shop_customer__history" ("cause", "record") WHERE "cause" IS NOT NULL;
CREATE UNIQUE INDEX "u_shop_customer__name" ON "shop_customer" ("name") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_customer___group" ON "shop_customer" ("_group") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_customer___group$sort" ON "shop_customer" ("_group$sort") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_customer__owner" ON "shop_customer" ("owner") WHERE "deleted_at" IS NULL;
CREATE VIEW "v_shop_customer" AS SELECT
	t."id",
	t."rev",
	strftime('%Y-%m-%dT%H:%M:%SZ', t."created_at" / 1000000, 'unixepoch') AS "created_at",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."created_by") AS "created_by",
	strftime('%Y-%m-%dT%H:%M:%SZ', t."updated_at" / 1000000, 'unixepoch') AS "updated_at",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."updated_by") AS "updated_by",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."owner") AS "owner",
	(SELECT "name" FROM "sys_dept" c WHERE c."id" = t."dept") AS "dept",
	t."name" AS "name",
	t."_group" AS "group"
FROM "shop_customer" t WHERE t."deleted_at" IS NULL;
