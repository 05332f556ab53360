# Dashboard.
dashboard-title = Today
dashboard-lede = { $count ->
    [0] Nothing waits for you.
    [one] One thing waits for you.
   *[other] { $count } things wait for you.
}
dashboard-tasks-day = Tasks in 24 h
dashboard-calls-day = Calls in 24 h
dashboard-attention = Needs a person
dashboard-attention-text = Failures, and decisions only you can make.
dashboard-clear = All clear
dashboard-clear-text = No failed service, no failed task, no module that waits.
dashboard-quarantined = { $title } is quarantined
dashboard-task = { $method } of { $module } failed
dashboard-waits-first = { $title } waits for approval
dashboard-waits-update = { $title } { $version } asks for more
dashboard-waits-text = Read what it asks for, and decide.
dashboard-activity = Tasks by hour
dashboard-activity-text = Tasks that ended in the last 24 hours; red where some failed.
dashboard-activity-none = No task has run yet.
dashboard-recent = What happened
dashboard-recent-none = Nothing has happened yet.

# Modules.
modules-lede = Integrations that run in a sandbox and can do only what you granted.
modules-install = Install a module
modules-install-text = The package is checked before anything runs. A broken one is refused and leaves nothing behind.
modules-install-drop = Choose a package, or drop it here
modules-install-hint = One .caisson file, at most 40 MiB
modules-install-submit = Check and install
modules-signature-drop = Add its signature
modules-signature-hint = The .minisig file that came with it, if there is one
modules-address-open = Or from an address
modules-address = Address
modules-address-help = https:// with the digest, or a registry: oci://host/repository:tag. The panel fetches it, and its signature.
modules-digest = Digest
modules-digest-help = sha256: and 64 digits, as the publisher tells it. An https address needs it.
modules-exceptions = Exceptions for this package
modules-new-publisher = Another publisher
modules-new-publisher-help = It may come from another publisher than the module did before, or from nobody. The audit log keeps it.
modules-allow-older = An older version
modules-allow-older-help = It may be older than what already served here. The audit log keeps it.
modules-empty = No modules yet
modules-empty-text = A module connects the panel to a provider: hosting, payment, notification. Install the first one from its package.
parts-open = What it is made of
parts-title = What { $version } is made of
parts-text = As its author says, and what was used to build it. Licences are those that each part names.
parts-none = Its package has no list of parts; it was packed by an older tool.
parts-unknown = unknown
parts-builds = only builds it
module-activate = Activate
module-deactivate = Deactivate
module-deactivate-title = Deactivate { $title }?
module-deactivate-text = Its pages, schedules and webhooks stop, and its services can no longer be changed. Settings, tables and data stay as they are.
module-update = Update
module-update-to = Update to { $version }
module-delete = Delete
module-delete-title = Delete { $title }?
module-approve = Review
module-approve-count = { $count ->
    [one] Review 1 request
   *[other] Review { $count } requests
}
module-roll-back = Roll back
module-release = Release
module-quarantined-title = Quarantined after repeated failures
module-waits-title = { $count ->
    [one] One request waits for your decision
   *[other] { $count } requests wait for your decision
}
module-waits-first = Nothing of this module runs until you have decided.
module-waits-update = Version { $version } asks for more than { $serving }, which goes on serving until you have decided.
module-about = About
module-website = Website
module-contract = Contract
module-stat-services = Services
module-stat-failed = Failed in 24 h
module-stat-p50 = Typical call
module-calls-chart = Calls by hour
module-calls-chart-text = The last 24 hours; red where some failed.
module-calls-none = This module has not been called yet.
module-stat-p99 = Slowest 1 in 100
module-stat-cpu = CPU in 24 h
module-stat-out = Sent in 24 h
module-stat-in = Received in 24 h
module-times-chart = How long calls take
module-times-chart-text = By hour, on a scale that grows tenfold.
module-cpu-chart = CPU by hour
module-cpu-chart-text = Processor time of all calls together.
module-bytes-chart = Network by hour
module-bytes-chart-text = What was sent and received.
module-adds-text = Declared in its manifest.
module-page-failed = The module could not show this
module-page-failed-do = The rest of the panel is not affected. The call's timeline has the cause.
module-page-call = How this page was made
version-delete-title = Delete version { $version }?
version-delete-text = Its package and approval are erased. The version that serves is not touched.

# Signatures and publishers.
signature-none = Not signed
signature-none-text = Nothing proves who made this package, or that it arrived as it was made.
signature-by = Signed by { $name }
signature-revoked = key revoked
publishers-lede = Whose signatures on packages this panel trusts. A package that somebody else signed is refused.
publishers-copy = Copy the public key
publishers-modules = May sign
publishers-all = All modules
publishers-added = Trusted since
publishers-revoked = Revoked
publishers-revoked-by = Revoked by { $name }
publishers-revoke = Revoke
publishers-revoke-title = Trust { $name } no more?
publishers-revoke-text = Packages that key { $key } signed are refused from now on, and the key cannot be trusted again. Modules that are installed serve on.
publishers-empty = No publishers yet
publishers-empty-text = A publisher signs packages with a key. Once you trust it, a package that was changed on its way, or comes from somebody else, is refused.
publishers-new = Trust publisher
publishers-name-help = Shown beside everything that the key signed.
publishers-public-key = Public key
publishers-key-help = Paste the publisher's minisign .pub file, and compare it with a second place where it is published.
publishers-modules-help = Keys such as product/powerdns, with commas between them. Empty for all.

# Approval.
approve-title = Review { $title }
approve-lede = Version { $version } has not run yet. Decide what it may do.
approve-update-lede = Version { $new } asks for more than { $old }, which goes on serving meanwhile.
approve-asks = What it asks for
approve-asks-text = Tick what you grant. A request you leave out is denied at run time, with a clear message.
approve-asks-nothing = It asks for nothing beyond the sandbox.
approve-dropped = No longer asked for
approve-how-title = How this works
approve-how = The module runs in a sandbox. It reaches nothing but what you tick here, and each use is recorded. Your decision holds for this exact package.
approve-adds = What it adds to the panel
approve-adds-pages = Pages
approve-adds-tabs = Client tabs
approve-adds-permissions = Permissions
approve-adds-schedules = Schedules
approve-adds-webhooks = Webhooks
approve-adds-nothing = It adds no pages, tabs, schedules or webhooks.
approve-budget = Limits it asks for
approve-budget-default = The panel's default limits.
approve-later = Decide later
approve-save = Save only
approve-activate = Approve and activate
approve-update = Approve and update
permissions-title = Granted and used
permissions-text = Take back what it does not need; the next call sees the change.
permissions-save = Save permissions
risk-high-title = Look closely
risk-high-text = Could cost money or reach far.
risk-medium-title = Usual for its work
risk-medium-text = Reaches a system or reads data.
risk-low-title = Harmless
risk-low-text = Stays within its own corner.
grant-new = New
grant-yes = Granted
grant-no = Not granted
grant-used = { $count ->
    [0] never used
    [one] used once
   *[other] used { $count } times
}
unused-title = Not used
unused-text = Granted for { $days } days or more, and not used within them. What is taken away can be granted again.
unused-never = Never
unused-take = Take away
denied-title = Denied calls
denied-text = What the module tried to do and was not allowed to.
denied-call = A call that was denied
denied-granted = Granted since
denied-approve = Review and grant
denied-author = The module's author must ask for it

# Settings of a module.
settings-title = Settings
settings-text = From the module's manifest, checked before they are stored.
settings-none = This module has no settings.
settings-test = Test connection
settings-test-ok = The connection works
settings-test-failed = The connection does not work
settings-webhooks = Webhooks
settings-webhooks-text = Where the provider calls the panel. Enter it there, unless the module sends it along by itself.
settings-secrets-title = Secrets stay here
settings-secrets = They are encrypted, never sent back to a browser, and reach only the hosts they were granted for.

# Calls.
calls-empty = No calls yet
calls-empty-text = Each time the panel enters the module, the call and everything it asked of the host is listed here.
calls-duration = Duration
calls-slower-than = { $ms } ms or longer
calls-denied = Denials
calls-with-denied = With denied host calls
calls-count-denied = { $count ->
    [one] one denied
   *[other] { $count } denied
}
call-bundle = Download for the author
call-bundle-text = Everything known of this call without secrets, as one file
call-bundle-personal = The file for the author holds no secrets, but what the call was called with: names, addresses and whatever else clients typed. Send it to the module's author only.
call-denied-title = { $count ->
    [one] One host call was denied
   *[other] { $count } host calls were denied
}
call-denied-text = The timeline names what was missing. Decide about it under
call-message = How it ended
call-timeline = Host calls
call-timeline-text = What the module asked of the panel, in order, against the time of the whole call.
call-host-function = Function
call-took = Took
call-fall = Within { $total }
call-fall-step = Began after { $at }, took { $took }
call-omitted = { $count ->
    [one] One more host call was counted but not kept.
   *[other] { $count } more host calls were counted but not kept.
}
call-quiet = No host calls
call-quiet-text = The module worked with what it was given.
call-logged = What it logged
call-about = This call

# Log.
log-lede = What modules say about their work. Secrets are removed before anything is stored.
log-empty = Nothing logged yet
log-empty-text = Entries appear here as modules work: each request to a provider and its answer.
log-whole = Show the whole log
log-request = Request
log-response = Response
log-no-detail = This entry has no details.
log-call = Timeline of the call

# Tasks.
tasks-lede = Work that modules do in the background, with retries.
tasks-retry-failed = { $count ->
    [one] Retry the failed task
   *[other] Retry { $count } failed tasks
}
tasks-empty = No tasks yet
tasks-empty-text = Creating, suspending or ending a service runs as a task, so that it survives a restart and can be tried again.
task-cancel = Cancel task
task-cancel-title = Cancel { $method }?
task-cancel-text = It has not started and will not run. The service keeps its state.
task-error = Why it failed
task-try = Try { $attempt } of { $tries }
task-running = At work
task-waiting = Waiting for its turn
task-done = Done
task-log-text = What the module said while it worked.
task-log-empty = It has logged nothing so far.
task-payload = Input
task-result = Result
task-about = This task
task-queue = Queue
task-tags = Tags
task-actor = Asked by
task-started = Started
task-finished = Ended
task-run-at = Not before
task-limits = Retries
task-limits-text = { $tries ->
    [one] one try, { $timeout } s at most
   *[other] { $tries } tries, { $backoff } s apart and growing, { $timeout } s each at most
}
task-worker = Worker

# Services.
services-lede = What clients have, and how it stands with the provider.
services-new = New service
services-new-lede = Orders make services by themselves; this makes one by hand.
services-new-step-who = Who and what
services-new-step-what = What the module needs to know
services-new-change = Change
services-new-create = Save and create
services-new-save = Save only
services-new-no-fields = The module asks for nothing more.
services-new-missing = A service needs a client and a product
services-empty = No services yet
services-empty-text = A service is a product that a client has: a zone, a server, an account.
service-verbs = At the provider
service-verbs-text = Each runs as a task; the status changes once it is done.
service-about = This service
service-secret = stored, not shown
service-timeline = Timeline
service-no-tasks = No task has worked on this service yet.
service-no-log = The module has logged nothing about this service yet.
service-failed-title = The last task failed
service-failed-unknown = The module gave no reason.
service-failed-task = Open the task
service-working = { $method } is at work
service-working-any = A task is at work
service-action-title = { $name }?
service-delete = Delete from the panel
service-delete-title = Delete { $label } from the panel?
service-delete-text = Its entry, timeline and log links are erased. Nothing is asked of the provider. This cannot be undone.
verb-unfit = Not possible while the status is “{ $status }”
verb-terminate-title = Terminate { $label }?
verb-terminate-text = { $module } deletes { $label } at the provider, with everything stored there. This cannot be undone.
verb-suspend-title = Suspend { $label }?
verb-suspend-text = { $client } can no longer use it. Its data stays, and it can be unsuspended at any time.
verb-change-text = It is { $product } now. The module moves it; the client keeps its data.
verb-change-to = New product

# Clients.
clients-lede = People and companies who have services here.
clients-new = New client
clients-edit = Edit { $name }
clients-empty = No clients yet
clients-empty-text = A client has services and logs in to the client area.
clients-password-new = Leave empty for a client who does not log in.
clients-password-keep = Leave empty to keep the password.
clients-delete = Delete client
clients-delete-title = Delete { $name }?
clients-delete-text = The account and its log-in are erased. This cannot be undone.
client-about = This client
client-login = Can log in
client-login-no = No password set
client-none = No services
client-none-text = This client has no service yet.

# Products.
products-lede = What clients can have, and which module provides it.
products-new = New product
products-new-lede = What provides it, what it is called, and what it sells; its price comes next.
products-new-step-module = Module
products-new-step-what = Product
products-new-change = Change module
products-new-create = Create product
products-services = { $count ->
    [0] No services use it.
    [one] One service uses it.
   *[other] { $count } services use it.
}
products-hidden = Hidden
products-hidden-help = Clients do not see it; existing services stay.
products-no-limit = No limit
products-empty = No products yet
products-empty-text = A product is what a client orders: a plan of a module with a price.
products-no-module = No active product module
products-no-module-text = A product is provided by a module. Install and activate one first.
products-slug-help = Part of its address: lower-case letters, digits and hyphens.
products-module-help = It cannot be changed later.
products-module-none = The module asks for nothing about a product.
products-stock-help = How many can still be ordered. Empty means no limit.
products-price-help = Per month, for example 12.50. Zero makes it free.
products-delete-title = Delete { $name }?
products-delete-text = The product and its prices are erased. This cannot be undone.
