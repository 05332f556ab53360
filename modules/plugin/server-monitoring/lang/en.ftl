add-check = Add a check
began = Began
checked = Checked
checks = Checks
contains = Text on the page
contains-help = The page fails where this is not in it, exactly as written here.
delete = Delete
delete-text = Its results, totals and incidents go with it.
delete-title = Delete the check { $name }?
edit = Edit
edit-text = What is checked, and how often.
edit-title = Edit the check
every = every { $minutes ->
    [one] minute
   *[other] { $minutes } minutes
 }
expect = Expected status
expect-help = One status such as 200, or a range such as 200-399.
expect-wrong = The range ends before it begins.
failed = Failed
hosts-too-many = At most { $most } hosts can be listed.
hosts-wrong = "{ $entry }" is neither an address such as https://shop.example.com nor a host with its port.
incident-open = Down now
incident-over = Over
incidents = Incidents
interval = Interval
is-paused = The check is paused: let it go on first.
kind = Kind
kind-help = A web page is fetched; a port must take connections; a host must be alive, even where it says no; a certificate must last.
kind-http = Web page
kind-port = Port
kind-tcp = Host
kind-ssl = Certificate
last-day = The last 24 hours; uptime is that of 30 days.
lasted = Lasted
limits-text = What counts as a failure beside no answer.
limits-title = Limits
lost-text = These checks go to hosts that are not listed above any more, so they cannot be made:
lost-title = Some checks have lost their host
more-checks = { $count ->
    [one] One more check
   *[other] { $count } more checks
 }
name = Name
name-taken = Another check has this name.
newer = Newer
no-incidents = No incidents
no-incidents-text = Nothing has been down.
no-results = No results yet
no-results-text = The first one comes within a minute.
none-yet = Nothing is watched yet
none-yet-text = A check tries a web page, a port, a host or a certificate again and again, and tells when it goes down.
not-checked = It cannot be checked now
older = Older
page-text = For web pages only.
page-title = Web page
pause = Pause
period = Period
period-day = 24 hours
period-week = 7 days
period-month = 30 days
response-time = Response time
response-time-text = The average of all checks by hour, in UTC.
result = Result
results = Results
resume = Go on
run-now = Check now
save = Save
settings-text = { $count ->
    [one] One check uses these settings.
   *[other] { $count } checks use these settings.
 }
since = In this state since
slow = Slowest answer
slow-help = An answer that takes longer counts as a failure. Not for certificates.
state = State
state-up = Up
state-down = Down
state-unknown = Not known yet
state-paused = Paused
strip = Uptime of { $name } by time
strip-text = Full: nothing failed. Lower: up to a tenth, or more, failed. Lowest: nothing was checked.
target = Target
target-help = An address such as https://shop.example.com/cart for a web page; otherwise a host with its port, such as mail.example.com:25. The settings list: { $hosts }.
target-unlisted = The settings do not list { $place } among the hosts to watch.
target-wrong-page = A web page needs an address that begins with https:// or http://.
target-wrong-place = This needs a host with its port, such as mail.example.com:25.
test-all = { $tried ->
    [one] The host answers.
   *[other] All { $tried } hosts answer.
 }
test-failed = { $entry } does not answer: { $why }
test-some = { $tried } of { $all } hosts were tried in the time there is, and answer.
test-status = { $entry } answers with the status { $status }.
timeout = Longest wait
times-utc = Averages; times are UTC.
to-dashboard = To the dashboard
too-many = There can be at most { $most } checks.
uptime = Uptime
uptime-day = Uptime of 24 hours
uptime-week = Uptime of 7 days
uptime-month = Uptime of 30 days
warn-days = Days a certificate must last
warn-days-help = A certificate that ends sooner counts as a failure.
went-well = Went well
why = Why

# Why a try failed.
cause = { $cause ->
    [resolve] The host's name was not found.
    [connect] It took no connection.
    [tls] No secure connection could be made.
    [timeout] It did not answer in time.
    [large] The answer was larger than is read.
    [status] It answered with the status { $detail }.
    [text] The expected text was not on the page.
    [slow] The answer took longer than { $detail } ms.
    [expired] The certificate ended { $detail } days ago.
    [expires] The certificate ends in { $detail } days.
   *[other] The connection broke off.
 }

notify-down-subject = Down: { $name }
notify-down-message = { $name } ({ $target }) is down. { cause }
notify-still-down-subject = Still down: { $name }
notify-still-down-message = { $name } ({ $target }) has been down for { $minutes } minutes. { cause }
notify-up-subject = Up again: { $name }
notify-up-message = { $name } ({ $target }) is up again. It was down for { $minutes } minutes. { cause }
