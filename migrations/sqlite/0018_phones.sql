-- Telephone numbers in E.164, and what providers report of messages after they took them.

ALTER TABLE clients ADD COLUMN phone TEXT;
ALTER TABLE admins ADD COLUMN phone TEXT;
ALTER TABLE notifications ADD COLUMN phone TEXT;
ALTER TABLE notification_deliveries ADD COLUMN reported_at INTEGER;
