# Updates, canaries, and modules that go.
difference = Difference
difference-title = { $title } { $version }: the difference
difference-lede = Beside { $serving }, which serves. { $version } is installed and waits.
difference-first = Nothing serves yet, so everything it asks for is new.
difference-more = Asks for more
difference-less = No longer asks for
difference-same = Asks for as before
difference-none = Nothing.
difference-limits = Limits that change
difference-parts = What it brings and takes away
difference-new = new
difference-gone = gone
part-page = Page
part-api = API route
part-tab = Client tab
part-action = Client action
part-permission = Permission
part-schedule = Schedule
part-secret = Secret setting
canary-title = Try it on a share first
canary-text = It serves that share of the calls beside the version that serves, and gives way by itself where too many of them fail.
canary-share = Share of the calls
canary-share-help = A service stays with one version.
canary-most = Calls that may fail
canary-least = Calls before a verdict
canary-least-help = Fewer say too little.
canary-begin = Begin
canary-runs = { $version } serves { $share } % of the calls{ $services ->
    [0] {""}
    [one] {" "}and one chosen service
   *[other] {" "}and { $services } chosen services
}
canary-counted = { $failed } of { $calls } calls failed. It gives way above { $most } %, once { $least } were made.
canary-promote = Let it serve everything
canary-ended = The canary of { $version } ended: { $verdict }.
leaving-active = It serves. Deactivate it before you delete it.
leaving-export = Take its data along
leaving-export-text = One archive: its settings without secrets, what its tables look like, and their rows as JSON lines.
leaving-download = Download
leaving-delete = Delete, keep its tables
leaving-delete-text = Every installed version, its settings, secrets and approvals are erased. Its tables stay, for when it comes back.
leaving-erase = Delete and erase everything
leaving-erase-text = Its tables, settings, secrets, cache, tasks, webhooks and log are erased as well. Payments and the audit log stay. This cannot be undone.
leaving-name = Type { $name } to erase it
trial-title = Its own scenarios, played again
trial-text = Twice, and with a provider that is down, slow, broken, busy, or cut off. Nothing leaves this machine.
trial-running = They are being played
trial-failed = They could not be played:
trial-nothing = The package has no scenario that could be played.
trial-score = { $passed } of { $tried } went as they should
trial-begin = Play them
trial-again = Play them again
done-trial = Its scenarios are being played.
