DROP INDEX "outbox_of_user";
