DELETE FROM "identifiers" WHERE "kind" = 'former';
--> statement-breakpoint
ALTER TABLE "identifiers" DROP CONSTRAINT "identifiers_kind";
--> statement-breakpoint
DROP INDEX "identifiers_former";
--> statement-breakpoint
DROP INDEX "identifiers_one_of_a_kind";
--> statement-breakpoint
ALTER TABLE "identifiers" ADD CONSTRAINT "identifiers_kind" CHECK ("identifiers"."kind" in ('username', 'email'));
--> statement-breakpoint
ALTER TABLE "identifiers" ADD CONSTRAINT "identifiers_one_of_a_kind" UNIQUE("user_id","kind");
