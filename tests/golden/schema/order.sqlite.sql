CREATE TABLE "shop_order" (
	"id" INTEGER PRIMARY KEY,
	"rev" INTEGER NOT NULL,
	"created_at" INTEGER NOT NULL,
	"created_by" INTEGER,
	"updated_at" INTEGER NOT NULL,
	"updated_by" INTEGER,
	"owner" INTEGER,
	"dept" INTEGER,
	"deleted_at" INTEGER,
	"number" TEXT,
	"customer" INTEGER,
	"stage" INTEGER,
	"note" TEXT,
	"receiver" TEXT,
	"receiver$sort" TEXT,
	"pieces" INTEGER,
	"weight" INTEGER,
	"total" INTEGER,
	"discount" INTEGER,
	"paid" INTEGER,
	"due" INTEGER,
	"shipped" INTEGER,
	"at" INTEGER,
	"took" INTEGER,
	"mobile" TEXT,
	"mail" TEXT,
	"page" TEXT,
	"keeper" INTEGER,
	"team" INTEGER
) STRICT;
CREATE TABLE "shop_order__history" (
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
CREATE INDEX "i_shop_order__history__cause" ON "shop_order__history" ("cause", "record") WHERE "cause" IS NOT NULL;
CREATE TABLE "shop_order__place" (
	"record" INTEGER NOT NULL,
	"pos" INTEGER NOT NULL,
	"value" INTEGER NOT NULL,
	PRIMARY KEY ("record", "pos")
) STRICT, WITHOUT ROWID;
CREATE TABLE "shop_order__tags" (
	"record" INTEGER NOT NULL,
	"pos" INTEGER NOT NULL,
	"value" TEXT NOT NULL,
	PRIMARY KEY ("record", "pos")
) STRICT, WITHOUT ROWID;
CREATE TABLE "shop_order__marks" (
	"record" INTEGER NOT NULL,
	"pos" INTEGER NOT NULL,
	"value" INTEGER NOT NULL,
	PRIMARY KEY ("record", "pos")
) STRICT, WITHOUT ROWID;
CREATE TABLE "shop_order__lines" (
	"id" INTEGER PRIMARY KEY,
	"parent" INTEGER NOT NULL,
	"pos" INTEGER NOT NULL,
	"product" TEXT,
	"qty" INTEGER,
	"replaces" INTEGER
) STRICT;
CREATE TABLE "shop_order__lines__colours" (
	"record" INTEGER NOT NULL,
	"pos" INTEGER NOT NULL,
	"value" TEXT NOT NULL,
	PRIMARY KEY ("record", "pos")
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX "u_shop_order__number" ON "shop_order" ("number") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "u_shop_order__customer__number" ON "shop_order" ("customer", "number") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_order__place__value__record" ON "shop_order__place" ("value", "record");
CREATE INDEX "i_shop_order__tags__value__record" ON "shop_order__tags" ("value", "record");
CREATE INDEX "i_shop_order__marks__value__record" ON "shop_order__marks" ("value", "record");
CREATE INDEX "i_shop_order__dept" ON "shop_order" ("dept") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_order__stage__total__due" ON "shop_order" ("stage", "total", "due") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_order__created_at" ON "shop_order" ("created_at") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_order__receiver$sort" ON "shop_order" ("receiver$sort") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_order__lines__parent__pos" ON "shop_order__lines" ("parent", "pos");
CREATE INDEX "i_shop_order__lines__replaces" ON "shop_order__lines" ("replaces");
CREATE INDEX "i_shop_order__lines__colours__value__record" ON "shop_order__lines__colours" ("value", "record");
CREATE VIEW "v_shop_order" AS SELECT
	t."id",
	t."rev",
	strftime('%Y-%m-%dT%H:%M:%SZ', t."created_at" / 1000000, 'unixepoch') AS "created_at",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."created_by") AS "created_by",
	strftime('%Y-%m-%dT%H:%M:%SZ', t."updated_at" / 1000000, 'unixepoch') AS "updated_at",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."updated_by") AS "updated_by",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."owner") AS "owner",
	(SELECT "name" FROM "sys_dept" c WHERE c."id" = t."dept") AS "dept",
	t."number" AS "number",
	t."customer" AS "customer",
	(SELECT "path" FROM "sys_enum_value" c WHERE c."code" = t."stage") AS "stage",
	t."note" AS "note",
	t."receiver" AS "receiver",
	t."pieces" AS "pieces",
	t."weight" / 1000.0 AS "weight",
	t."total" / 100.0 AS "total",
	t."discount" / 10000.0 AS "discount",
	t."paid" AS "paid",
	date(t."due" * 86400, 'unixepoch') AS "due",
	strftime('%Y-%m-%dT%H:%M:%SZ', t."shipped" / 1000000, 'unixepoch') AS "shipped",
	time(t."at", 'unixepoch') AS "at",
	t."took" AS "took",
	t."mobile" AS "mobile",
	t."mail" AS "mail",
	t."page" AS "page",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."keeper") AS "keeper",
	(SELECT "name" FROM "sys_dept" c WHERE c."id" = t."team") AS "team"
FROM "shop_order" t WHERE t."deleted_at" IS NULL;
