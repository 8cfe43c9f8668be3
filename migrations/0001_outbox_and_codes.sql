CREATE TABLE "codes" (
	"code_id" text PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"user_id" bigint,
	"account" text NOT NULL,
	"payload" jsonb,
	"code_hash" text NOT NULL,
	"link_hash" text,
	"tries" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"redeemed_at" timestamp (3) with time zone,
	"cancelled_at" timestamp (3) with time zone,
	CONSTRAINT "codes_link_hash_unique" UNIQUE("link_hash"),
	CONSTRAINT "codes_purpose" CHECK ("codes"."purpose" in ('verify_email', 'reset_password', 'change_email', 'register'))
);
--> statement-breakpoint
CREATE TABLE "event_counters" (
	"user_id" bigint PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"event_id" text NOT NULL,
	"sink" text NOT NULL,
	"user_id" bigint NOT NULL,
	"place" bigint GENERATED ALWAYS AS IDENTITY (sequence name "outbox_place_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"seq" bigint NOT NULL,
	"type" text NOT NULL,
	"payload" jsonb NOT NULL,
	"sealed" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"deliver_before" timestamp (3) with time zone,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL,
	"leased_until" timestamp (3) with time zone,
	"state" text DEFAULT 'waiting' NOT NULL,
	"settled_at" timestamp (3) with time zone,
	"last_error" text,
	CONSTRAINT "outbox_event_id_sink_pk" PRIMARY KEY("event_id","sink"),
	CONSTRAINT "outbox_state" CHECK ("outbox"."state" in ('waiting', 'delivered', 'dead', 'expired'))
);
--> statement-breakpoint
ALTER TABLE "codes" ADD CONSTRAINT "codes_user_id_users_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "codes_of_account" ON "codes" USING btree ("account","purpose","created_at");--> statement-breakpoint
CREATE INDEX "codes_of_user" ON "codes" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "codes_expired" ON "codes" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "outbox_due" ON "outbox" USING btree ("sink","next_at") WHERE "outbox"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "outbox_heads" ON "outbox" USING btree ("user_id","sink","place") WHERE "outbox"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "outbox_expiring" ON "outbox" USING btree ("deliver_before") WHERE "outbox"."state" in ('waiting', 'dead') and "outbox"."deliver_before" is not null;--> statement-breakpoint
CREATE INDEX "outbox_settled" ON "outbox" USING btree ("state","settled_at") WHERE "outbox"."state" <> 'waiting';