account-closed = This Twilio account is closed.
account-suspended = This Twilio account is suspended. Twilio's console says why.
blocked = The message was blocked on its way.
carrier-silent = The carrier did not say in time what became of the message.
check-account = An account SID is AC and 32 digits or letters from a to f.
check-sender = Write a number with its country code, a name of at most 11 letters and digits with a letter in it, or the SID of a messaging service.
empty-service = No number belongs to this messaging service. Add one in Twilio's console.
filtered = The carrier took the message for spam, and did not deliver it.
landline = The number is that of a landline, which takes no text messages.
no-account = Twilio does not know this account SID.
no-mobile = The number cannot receive text messages.
no-way = Twilio has no way from this sender to the number's country or carrier.
not-delivered = { $code ->
    [0] The message was not delivered.
   *[other] The message was not delivered (Twilio's error { NUMBER($code, useGrouping: 0) }).
}
nothing-to-say = The message is empty.
opted-out = Whoever has this number answered STOP, and gets nothing until they answer START.
paused = Twilio asks for a pause of { $seconds } s.
region-forbidden = The Twilio account may not send to this country. Allow it in the console's messaging permissions.
settings-head = Set up at Twilio
settings-step-account = Copy the account SID and the auth token from the first page of Twilio's console.
settings-step-countries = Allow the countries that your clients' numbers are of, under Messaging, Settings, Geo permissions.
settings-callback = The callback address on this page goes along with each message, and nothing has to be filled in at Twilio. Twilio has to reach it from outside: without that, messages stay “accepted”, and it is not seen whether they arrived.
settings-test = The test of the connection asks Twilio for the account. No message is sent, and nothing is charged.
test-passed = Twilio knows the account “{ $name }”, and it is active.
too-long = The message has { $segments } segments, and at most { $most } are sent.
too-long-at-all = The message is longer than Twilio takes.
too-many = Twilio has more messages of this sender in its queue than it can send.
trial = This is a trial account, which sends to verified numbers only.
unknown-cause = The carrier did not deliver the message, and gave no reason.
unknown-number = The number is unknown, or out of service.
unreachable = The telephone is switched off, or out of reach.
unregistered = The sender is not registered for this country's carriers. Twilio's console says how that is done.
wrong-callback = Twilio does not take the panel's address for callbacks. It has to be one that is reached from outside.
wrong-number = This is no telephone number.
wrong-sender = The Twilio account may not send from this sender. Check it in the settings.
wrong-token = Twilio does not accept this account SID and auth token.
