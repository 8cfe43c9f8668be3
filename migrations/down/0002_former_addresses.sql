DELETE FROM "identifiers" WHERE "kind" IS NULL;
--> statement-breakpoint
DROP INDEX "identifiers_former";
--> statement-breakpoint
ALTER TABLE "identifiers" ALTER COLUMN "kind" SET NOT NULL;
