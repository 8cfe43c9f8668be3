DROP TRIGGER "outbox_deleted" ON "outbox";
--> statement-breakpoint
DROP TRIGGER "outbox_ended" ON "outbox";
--> statement-breakpoint
DROP TRIGGER "outbox_recorded" ON "outbox";
--> statement-breakpoint
DROP FUNCTION "outbox_advance"();
--> statement-breakpoint
DROP FUNCTION "outbox_queue"();
--> statement-breakpoint
DROP INDEX "outbox_batch";
--> statement-breakpoint
DROP INDEX "outbox_first";
--> statement-breakpoint
ALTER TABLE "outbox" DROP COLUMN "batch_id";
--> statement-breakpoint
ALTER TABLE "outbox" DROP COLUMN "behind";
--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("sink","next_at") WHERE "outbox"."state" = 'waiting';
