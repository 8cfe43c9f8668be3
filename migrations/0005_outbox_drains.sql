DROP INDEX "outbox_due";--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "behind" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "outbox" ADD COLUMN "batch_id" text;--> statement-breakpoint
CREATE INDEX "outbox_first" ON "outbox" USING btree ("sink","next_at","place") WHERE "outbox"."state" = 'waiting' and not "outbox"."behind";--> statement-breakpoint
CREATE INDEX "outbox_batch" ON "outbox" USING btree ("batch_id","place") WHERE "outbox"."state" = 'waiting' and "outbox"."batch_id" is not null;--> statement-breakpoint
UPDATE "outbox" AS one SET "behind" = true WHERE one."state" = 'waiting' AND one."user_id" <> 0 AND EXISTS (
  SELECT 1 FROM "outbox" AS earlier WHERE earlier."user_id" = one."user_id" AND earlier."sink" = one."sink"
    AND earlier."state" = 'waiting' AND earlier."place" < one."place");
--> statement-breakpoint
-- Triggers, so that the version before keeps the column as well, which knows nothing of it.
-- A row that is behind holds the row before it until its transaction ends. Whoever ends that row waits, and then sees this one. A row
-- that somebody else holds is passed over: this row is then looked at once too often, and never once too little.
CREATE FUNCTION "outbox_queue"() RETURNS trigger LANGUAGE plpgsql SET jit = off SET enable_seqscan = off SET enable_sort = off AS $$
BEGIN
  PERFORM 1 FROM outbox WHERE user_id = NEW.user_id AND sink = NEW.sink AND state = 'waiting'
    ORDER BY place DESC LIMIT 1 FOR SHARE SKIP LOCKED;
  NEW.behind := FOUND;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- When the first row of a line has ended, the next one is due. Two that end at once meet at the next row, and the later one sees both.
CREATE FUNCTION "outbox_advance"() RETURNS trigger LANGUAGE plpgsql SET jit = off SET enable_seqscan = off SET enable_sort = off AS $$
DECLARE first_place bigint; next_place bigint;
BEGIN
  SELECT place INTO next_place FROM outbox WHERE user_id = OLD.user_id AND sink = OLD.sink AND state = 'waiting' AND behind
    ORDER BY place LIMIT 1 FOR UPDATE;
  SELECT place INTO first_place FROM outbox WHERE user_id = OLD.user_id AND sink = OLD.sink AND state = 'waiting'
    ORDER BY place LIMIT 1;
  IF next_place = first_place THEN
    UPDATE outbox SET behind = false WHERE user_id = OLD.user_id AND sink = OLD.sink AND state = 'waiting' AND place = next_place;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "outbox_recorded" BEFORE INSERT ON "outbox" FOR EACH ROW
  WHEN (NEW.user_id <> 0 AND NEW.state = 'waiting') EXECUTE FUNCTION "outbox_queue"();
--> statement-breakpoint
CREATE TRIGGER "outbox_ended" AFTER UPDATE OF "state" ON "outbox" FOR EACH ROW
  WHEN (OLD.user_id <> 0 AND OLD.state = 'waiting' AND NOT OLD.behind AND NEW.state <> 'waiting') EXECUTE FUNCTION "outbox_advance"();
--> statement-breakpoint
CREATE TRIGGER "outbox_deleted" AFTER DELETE ON "outbox" FOR EACH ROW
  WHEN (OLD.user_id <> 0 AND OLD.state = 'waiting' AND NOT OLD.behind) EXECUTE FUNCTION "outbox_advance"();
