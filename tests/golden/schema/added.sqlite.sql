ALTER TABLE "shop_order" ADD COLUMN "number__v2" TEXT;
ALTER TABLE "shop_order" ADD COLUMN "customer__v2" INTEGER;
ALTER TABLE "shop_order" ADD COLUMN "stage__v2" INTEGER;
CREATE TABLE "shop_order__place__v2" (
	"record" INTEGER NOT NULL,
	"pos" INTEGER NOT NULL,
	"value" INTEGER NOT NULL,
	PRIMARY KEY ("record", "pos")
) STRICT, WITHOUT ROWID;
CREATE TABLE "shop_order__tags__v2" (
	"record" INTEGER NOT NULL,
	"pos" INTEGER NOT NULL,
	"value" TEXT NOT NULL,
	PRIMARY KEY ("record", "pos")
) STRICT, WITHOUT ROWID;
CREATE TABLE "shop_order__marks__v2" (
	"record" INTEGER NOT NULL,
	"pos" INTEGER NOT NULL,
	"value" INTEGER NOT NULL,
	PRIMARY KEY ("record", "pos")
) STRICT, WITHOUT ROWID;
ALTER TABLE "shop_order" ADD COLUMN "note__v2" TEXT;
ALTER TABLE "shop_order" ADD COLUMN "receiver__v2" TEXT;
ALTER TABLE "shop_order" ADD COLUMN "receiver__v2$sort" TEXT;
ALTER TABLE "shop_order" ADD COLUMN "pieces__v2" INTEGER;
ALTER TABLE "shop_order" ADD COLUMN "weight__v2" INTEGER;
ALTER TABLE "shop_order" ADD COLUMN "total__v2" INTEGER;
ALTER TABLE "shop_order" ADD COLUMN "discount__v2" INTEGER;
ALTER TABLE "shop_order" ADD COLUMN "paid__v2" INTEGER;
ALTER TABLE "shop_order" ADD COLUMN "due__v2" INTEGER;
ALTER TABLE "shop_order" ADD COLUMN "shipped__v2" INTEGER;
ALTER TABLE "shop_order" ADD COLUMN "at__v2" INTEGER;
ALTER TABLE "shop_order" ADD COLUMN "took__v2" INTEGER;
ALTER TABLE "shop_order" ADD COLUMN "mobile__v2" TEXT;
ALTER TABLE "shop_order" ADD COLUMN "mail__v2" TEXT;
ALTER TABLE "shop_order" ADD COLUMN "page__v2" TEXT;
ALTER TABLE "shop_order" ADD COLUMN "keeper__v2" INTEGER;
ALTER TABLE "shop_order" ADD COLUMN "team__v2" INTEGER;
CREATE TABLE "shop_order__lines__v2" (
	"id" INTEGER PRIMARY KEY,
	"parent" INTEGER NOT NULL,
	"pos" INTEGER NOT NULL,
	"product" TEXT,
	"qty" INTEGER,
	"replaces" INTEGER
) STRICT;
