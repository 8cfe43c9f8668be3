DROP TABLE "codes";
--> statement-breakpoint
DROP TABLE "outbox";
--> statement-breakpoint
DROP TABLE "event_counters";
