ALTER TABLE "codes" DROP COLUMN "untold";
