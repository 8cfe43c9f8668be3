DROP TABLE "identifiers";
--> statement-breakpoint
DROP TABLE "users";
