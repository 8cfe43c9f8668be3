ALTER TABLE "identifiers" DROP CONSTRAINT "identifiers_one_of_a_kind";--> statement-breakpoint
ALTER TABLE "identifiers" DROP CONSTRAINT "identifiers_kind";--> statement-breakpoint
CREATE UNIQUE INDEX "identifiers_one_of_a_kind" ON "identifiers" USING btree ("user_id","kind") WHERE "identifiers"."kind" <> 'former';--> statement-breakpoint
CREATE INDEX "identifiers_former" ON "identifiers" USING btree ("user_id") WHERE "identifiers"."kind" = 'former';--> statement-breakpoint
ALTER TABLE "identifiers" ADD CONSTRAINT "identifiers_kind" CHECK ("identifiers"."kind" in ('username', 'email', 'former'));