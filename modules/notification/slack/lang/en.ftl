action-prohibited = Slack does not let this webhook post into its channel. Ask an administrator of the workspace.
channel-is-archived = The Slack channel is archived. Make a webhook for another one.
channel-not-found = The Slack channel of this webhook is gone. Make a webhook for another one.
files-left-out = { $count ->
    [one] A file is attached that Slack's webhooks do not take: { $files }
   *[other] { $count } files are attached that Slack's webhooks do not take: { $files }
}
invalid-payload = Slack does not understand this message. The module's log has what it said.
no-service = Slack does not know this webhook any more. Make a new one, and put its URL into the settings.
paused = Slack asks for a pause of { $seconds } s.
settings-head = Where the URL comes from
settings-step-app = In Slack, open the page of your apps, and make one for your workspace or take one you have.
settings-step-hook = Under Incoming Webhooks, switch them on, add one, and choose the channel.
settings-step-copy = Copy the webhook's URL into the form above, and test the connection: a line appears in the channel.
settings-once = Staff is told one by one. With several administrators, name the address of one of them above, and the channel reads everything once.
test-post = The hosting panel can post here.
test-posted = Slack took the message: look into the channel.
