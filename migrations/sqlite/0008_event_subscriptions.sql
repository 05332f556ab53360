-- Which active modules hear of which events. Written when a module is activated, approved anew or deactivated.

CREATE TABLE event_subscriptions (
    event TEXT NOT NULL,
    module TEXT NOT NULL REFERENCES modules (key) ON DELETE CASCADE,
    PRIMARY KEY (event, module)
) STRICT;

CREATE INDEX event_subscriptions_module ON event_subscriptions (module);
