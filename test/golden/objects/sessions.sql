CREATE TABLE account (
    one INTEGER PRIMARY KEY CHECK (one = 1), userId INTEGER NOT NULL, version INTEGER NOT NULL,
    authVersion INTEGER NOT NULL, status TEXT NOT NULL, claims TEXT NOT NULL, buried INTEGER NOT NULL,
    dropped INTEGER NOT NULL, clock INTEGER NOT NULL);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY, secretHash TEXT NOT NULL, clientId TEXT NOT NULL, transport TEXT NOT NULL, amr TEXT NOT NULL,
    authTime INTEGER NOT NULL, createdAt INTEGER NOT NULL, absoluteEnd INTEGER NOT NULL, authVersion INTEGER NOT NULL,
    lastUsedAt INTEGER NOT NULL, idleEnd INTEGER NOT NULL, address TEXT NOT NULL, country TEXT, device TEXT NOT NULL,
    network TEXT NOT NULL, agent TEXT NOT NULL, generation INTEGER NOT NULL, rotatedAt INTEGER NOT NULL,
    arrived INTEGER NOT NULL, shadowedAt INTEGER NOT NULL, endedAt INTEGER, endReason TEXT, knocks INTEGER NOT NULL);
CREATE TABLE outbox (
    place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, type TEXT NOT NULL,
    payload TEXT NOT NULL);
INSERT INTO account (one, userId, version, authVersion, status, claims, buried, dropped, clock) VALUES
  (1, 7, 2, 1, 'active', '{"username":"ann-2","roles":["user"],"emailVerified":true}', 0, 0, 1800000005000);
INSERT INTO sessions (id, secretHash, clientId, transport, amr, authTime, createdAt, absoluteEnd, authVersion, lastUsedAt, idleEnd, address, country, device, network, agent, generation, rotatedAt, arrived, shadowedAt, endedAt, endReason, knocks) VALUES
  ('gone', 'hash-of-the-secret-of-gone_________________', 'web', 'body', '["pwd"]', 1800000000000, 1800000000000, 1807776000000, 1, 1800000000000, 1802592000000, '192.0.2.7', 'NZ', 'Firefox on Windows', '192.0.2.0/24', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0', 1, 1800000000000, 0, 0, 1800000004000, 'evicted', 2);
INSERT INTO sessions (id, secretHash, clientId, transport, amr, authTime, createdAt, absoluteEnd, authVersion, lastUsedAt, idleEnd, address, country, device, network, agent, generation, rotatedAt, arrived, shadowedAt, endedAt, endReason, knocks) VALUES
  ('taken', 'hash-of-the-secret-of-taken________________', 'web', 'body', '["pwd"]', 1800000001000, 1800000001000, 1807776001000, 1, 1800000004500, 1802592004500, '192.0.2.7', 'NZ', 'Firefox on Windows', '192.0.2.0/24', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0', 3, 1800000004500, 0, 0, 1800000005000, 'stolen', 1);
INSERT INTO sessions (id, secretHash, clientId, transport, amr, authTime, createdAt, absoluteEnd, authVersion, lastUsedAt, idleEnd, address, country, device, network, agent, generation, rotatedAt, arrived, shadowedAt, endedAt, endReason, knocks) VALUES
  ('ahead', 'hash-of-the-secret-of-ahead________________', 'web', 'body', '["pwd"]', 1800000002000, 1800000002000, 1807776002000, 1, 1800000002000, 1802592002000, '192.0.2.7', 'NZ', 'Firefox on Windows', '192.0.2.0/24', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0', 1, 1800000002000, 0, 0, 1800000005000, 'generation_ahead', 0);
INSERT INTO sessions (id, secretHash, clientId, transport, amr, authTime, createdAt, absoluteEnd, authVersion, lastUsedAt, idleEnd, address, country, device, network, agent, generation, rotatedAt, arrived, shadowedAt, endedAt, endReason, knocks) VALUES
  ('first', 'hash-of-the-secret-of-first________________', 'web', 'body', '["pwd"]', 1800000003000, 1800000003000, 1807776003000, 1, 1800000185000, 1802592185000, '192.0.2.7', 'NZ', 'Firefox on Windows', '192.0.2.0/24', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0', 4, 1800000185000, 1, 0, NULL, NULL, 0);
INSERT INTO sessions (id, secretHash, clientId, transport, amr, authTime, createdAt, absoluteEnd, authVersion, lastUsedAt, idleEnd, address, country, device, network, agent, generation, rotatedAt, arrived, shadowedAt, endedAt, endReason, knocks) VALUES
  ('shadowed', 'hash-of-the-secret-of-shadowed_____________', 'web', 'body', '["pwd"]', 1800000004000, 1800000004000, 1807776004000, 1, 1800002047000, 1802594045000, '198.51.100.1', 'NZ', 'curl', '198.51.100.0/24', 'curl/8.5.0', 2, 1800002045000, 0, 2, NULL, NULL, 0);
INSERT INTO sessions (id, secretHash, clientId, transport, amr, authTime, createdAt, absoluteEnd, authVersion, lastUsedAt, idleEnd, address, country, device, network, agent, generation, rotatedAt, arrived, shadowedAt, endedAt, endReason, knocks) VALUES
  ('cookie', 'hash-of-the-secret-of-cookie_______________', 'web', 'cookie', '["pwd","otp"]', 1800000245000, 1800000245000, 1807776245000, 1, 1800000245000, 1802592245000, '192.0.2.7', NULL, 'Firefox on Windows', '192.0.2.0/24', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0', 1, 1800000245000, 0, 0, NULL, NULL, 0);
INSERT INTO sessions (id, secretHash, clientId, transport, amr, authTime, createdAt, absoluteEnd, authVersion, lastUsedAt, idleEnd, address, country, device, network, agent, generation, rotatedAt, arrived, shadowedAt, endedAt, endReason, knocks) VALUES
  ('left', 'hash-of-the-secret-of-left_________________', 'web', 'body', '["pwd"]', 1800000245000, 1800000245000, 1807776245000, 1, 1800000245000, 1802592245000, '192.0.2.7', 'NZ', 'Firefox on Windows', '192.0.2.0/24', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0', 1, 1800000245000, 0, 0, 1800000245000, 'logged_out', 0);
INSERT INTO sessions (id, secretHash, clientId, transport, amr, authTime, createdAt, absoluteEnd, authVersion, lastUsedAt, idleEnd, address, country, device, network, agent, generation, rotatedAt, arrived, shadowedAt, endedAt, endReason, knocks) VALUES
  ('fresh', 'hash-of-the-secret-of-fresh________________', 'web', 'body', '["pwd"]', 1800002048000, 1800002048000, 1807778048000, 1, 1800002048000, 1802594048000, '192.0.2.7', 'NZ', 'Firefox on Windows', '192.0.2.0/24', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0', 2, 1800002048000, 0, 0, NULL, NULL, 0);
INSERT INTO outbox (place, id, at, type, payload) VALUES
  (5, '67886993-c0c1-496d-b8cd-9066e792ccfe', 1800000004000, 'session_evicted', '{"user_id":7,"session_id":"gone","device":"Firefox on Windows","address":"192.0.2.7","country":"NZ","transport":"body","amr":["pwd"],"client_id":"web","reason":"evicted"}');
INSERT INTO outbox (place, id, at, type, payload) VALUES
  (6, '7b0f921d-56be-443a-8693-d7abbfbc3391', 1800000004000, 'session_opened', '{"user_id":7,"session_id":"shadowed","device":"Firefox on Windows","address":"192.0.2.7","country":"NZ","transport":"body","amr":["pwd"],"client_id":"web"}');
INSERT INTO outbox (place, id, at, type, payload) VALUES
  (7, '49d1d712-b7ac-4679-af7d-d833b5d9f5c4', 1800000005000, 'session_stolen', '{"user_id":7,"session_id":"taken","device":"Firefox on Windows","address":"192.0.2.7","country":"NZ","transport":"body","amr":["pwd"],"client_id":"web","reason":"stolen"}');
INSERT INTO outbox (place, id, at, type, payload) VALUES
  (8, 'fd2a125f-7595-466e-a52c-ffed8c8ead5a', 1800000005000, 'generation_ahead', '{"user_id":7,"session_id":"ahead","device":"Firefox on Windows","address":"192.0.2.7","country":"NZ","transport":"body","amr":["pwd"],"client_id":"web","reason":"generation_ahead"}');
INSERT INTO outbox (place, id, at, type, payload) VALUES
  (9, '4f1459a1-5589-4293-89f4-b0f1be80f803', 1800000245000, 'session_opened', '{"user_id":7,"session_id":"cookie","device":"Firefox on Windows","address":"192.0.2.7","country":null,"transport":"cookie","amr":["pwd","otp"],"client_id":"web"}');
INSERT INTO outbox (place, id, at, type, payload) VALUES
  (10, 'f32e7ea4-7121-4d3e-a36a-71610cc817d1', 1800000245000, 'session_opened', '{"user_id":7,"session_id":"left","device":"Firefox on Windows","address":"192.0.2.7","country":"NZ","transport":"body","amr":["pwd"],"client_id":"web"}');
INSERT INTO outbox (place, id, at, type, payload) VALUES
  (11, '9fa52b54-bc1f-4888-ae85-4a1138c17d13', 1800000245000, 'session_ended', '{"user_id":7,"session_id":"left","device":"Firefox on Windows","address":"192.0.2.7","country":"NZ","transport":"body","amr":["pwd"],"client_id":"web","reason":"logged_out"}');
INSERT INTO outbox (place, id, at, type, payload) VALUES
  (12, 'c8746026-8543-4f21-a1cb-2fe39d810a57', 1800002047000, 'refresh_shadowed', '{"user_id":7,"session_id":"shadowed","device":"curl","address":"198.51.100.1","country":"NZ","transport":"body","amr":["pwd"],"client_id":"web","shadow_address":"192.0.2.7","shadow_device":"Firefox on Windows"}');
INSERT INTO outbox (place, id, at, type, payload) VALUES
  (13, '60feb6a5-bdca-43f9-aa74-9ca080857c04', 1800002048000, 'session_opened', '{"user_id":7,"session_id":"fresh","device":"Firefox on Windows","address":"192.0.2.7","country":"NZ","transport":"body","amr":["pwd"],"client_id":"web"}');
