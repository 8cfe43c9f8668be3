ALTER TABLE "identifiers" ALTER COLUMN "kind" DROP NOT NULL;--> statement-breakpoint
CREATE INDEX "identifiers_former" ON "identifiers" USING btree ("user_id") WHERE "identifiers"."kind" is null;--> statement-breakpoint
-- Who left an address in the last three days, by a version that did not keep it, may come back to it all the same.
INSERT INTO "identifiers" ("identifier", "kind", "user_id")
SELECT DISTINCT ON ("payload"->>'from') "payload"->>'from', NULL, "user_id" FROM "codes"
WHERE "purpose" = 'change_email' AND "user_id" IS NOT NULL AND "payload"->>'from' IS NOT NULL
  AND "cancelled_at" IS NULL AND "created_at" > now() - interval '72 hours'
ORDER BY "payload"->>'from', "created_at"
ON CONFLICT DO NOTHING;
