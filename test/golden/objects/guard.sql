CREATE TABLE attempts (
      id TEXT PRIMARY KEY, status TEXT NOT NULL, reserved_at INTEGER NOT NULL, at INTEGER NOT NULL, claims TEXT NOT NULL
    ) WITHOUT ROWID;
CREATE TABLE networks (network TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE outbox (
      place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, missed INTEGER NOT NULL DEFAULT 0
    );
INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES
  ('lapsed-1', 'lapsed', 1800000000000, 1800000030000, '[{"name":"address","key":"network:192.0.2.1","budget":{"limit":100,"seconds":900}},{"name":"pair","key":"pair:bob","budget":{"limit":5,"seconds":300}}]');
INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES
  ('lapsed-2', 'lapsed', 1800000000000, 1800000030000, '[{"name":"address","key":"network:192.0.2.1","budget":{"limit":100,"seconds":900}},{"name":"pair","key":"pair:bob","budget":{"limit":5,"seconds":300}}]');
INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES
  ('wrong-1', 'wrong', 1800000031000, 1800000031000, '[{"name":"address","key":"network:192.0.2.1","budget":{"limit":100,"seconds":900}},{"name":"pair","key":"pair:ann","budget":{"limit":5,"seconds":300}}]');
INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES
  ('wrong-2', 'wrong', 1800000032000, 1800000032000, '[{"name":"address","key":"network:192.0.2.1","budget":{"limit":100,"seconds":900}},{"name":"pair","key":"pair:ann","budget":{"limit":5,"seconds":300}}]');
INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES
  ('wrong-3', 'wrong', 1800000033000, 1800000033000, '[{"name":"address","key":"network:192.0.2.1","budget":{"limit":100,"seconds":900}},{"name":"pair","key":"pair:ann","budget":{"limit":5,"seconds":300}}]');
INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES
  ('wrong-4', 'wrong', 1800000034000, 1800000034000, '[{"name":"address","key":"network:192.0.2.1","budget":{"limit":100,"seconds":900}},{"name":"pair","key":"pair:ann","budget":{"limit":5,"seconds":300}}]');
INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES
  ('wrong-5', 'wrong', 1800000035000, 1800000035000, '[{"name":"address","key":"network:192.0.2.1","budget":{"limit":100,"seconds":900}},{"name":"pair","key":"pair:ann","budget":{"limit":5,"seconds":300}}]');
INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES
  ('known-1', 'wrong', 1800000036000, 1800000036000, '[{"name":"knownNetwork","key":"network:203.0.113.0/24","budget":{"limit":5,"seconds":300}}]');
INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES
  ('pending-1', 'pending', 1800000036000, 1800000066000, '[{"name":"address","key":"network:192.0.2.1","budget":{"limit":100,"seconds":900}},{"name":"pair","key":"pair:eve","budget":{"limit":5,"seconds":300}}]');
INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES
  ('wrong-6', 'wrong', 1800000036000, 1800000036000, '[{"name":"identifier","key":"identifier:ann","budget":{"limit":50,"seconds":86400,"throttle":{"everySeconds":30,"atMostSeconds":900}}}]');
INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES
  ('pending-2', 'pending', 1800000037000, 1800000067000, '[{"name":"knownNetwork","key":"network:203.0.113.0/24","budget":{"limit":5,"seconds":300}}]');
INSERT INTO networks (network, until) VALUES
  ('network:198.51.100.0/24', 1802592000000);
INSERT INTO networks (network, until) VALUES
  ('network:203.0.113.0/24', 1802592000000);
INSERT INTO outbox (place, id, event, missed) VALUES
  (1, '48b2b925-d4e3-48fb-a97a-a932650e9f93', '{"event":"login_blocked","budget":"pair","key":"pair:ann","at":1800000035000,"until":1800000335000}', 0);
