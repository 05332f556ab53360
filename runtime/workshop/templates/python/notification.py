"""Posts every message to an address."""

from caisson import Channel, Delivery, Message, NotificationModule, http, notification


@notification
class __Type__(NotificationModule):
    def send(self, channel: Channel, message: Message) -> Delivery:
        api = http.Client.of_setting("api_base", bearer="token")
        body = {"to": message.to, "subject": message.subject, "text": message.text}
        # A message that comes again has the same id.
        api.post("messages", json=body, idempotency_key=message.id).expect()
        return Delivery()
