# The frame.
nav-main = Main navigation
nav-open = Open navigation
nav-dashboard = Dashboard
nav-clients = Clients
nav-services = Services
nav-products = Products
nav-modules = Modules
nav-publishers = Publishers
nav-tasks = Tasks
nav-log = Module log
nav-tokens = API tokens
nav-account = Account
nav-logout = Log out
nav-group-system = System
nav-group-settings = Settings
nav-search = Search clients, services, modules…
nav-search-key = Press / to search
nav-count-modules = { $count ->
    [one] One module waits for approval
   *[other] { $count } modules wait for approval
}
nav-count-tasks = { $count ->
    [one] One failed task
   *[other] { $count } failed tasks
}
account-menu = Account of { $name }
bell-title = Needs attention
bell-nothing = Nothing needs you right now.
bell-failed-tasks = { $count ->
    [one] One failed task
   *[other] { $count } failed tasks
}
bell-waiting-modules = { $count ->
    [one] One module waits for approval
   *[other] { $count } modules wait for approval
}

# Words that many pages share.
col-module = Module
col-status = Status
col-version = Version
col-type = Type
col-author = Author
col-client = Client
col-product = Product
col-service = Service
col-provision-status = Provisioning
col-billing-status = Billing
col-created = Created
col-since = Since
col-id = ID
col-task = Task
col-tries = Tries
col-when = When
col-function = Function
col-outcome = Outcome
col-host-calls = Host calls
col-wall = Time
col-cpu = CPU
col-memory = Memory
col-part = Part
col-licence = Licence
col-installed = Installed
col-approved = Approved
col-digest = Digest
col-signature = Signature
col-request = Request
col-action = Action
col-grant = Grant
col-last-used = Last used
col-missing = What was missing
col-times = Times
col-last = Last time
col-next = What to do
col-sent = Sent
col-received = Received
field-name = Name
field-email = E-mail
field-phone = Phone
field-phone-help = With the country’s code; for text messages.
field-password = Password
field-password-again = Password again
field-password-current = Current password
field-password-new = New password
field-locale = Language
field-currency = Currency
field-description = Description
field-slug = Short name
field-price = Price
field-stock = Stock
price-free = Free
password-help = At least 12 characters. A few random words do well.
tab-overview = Overview
tab-permissions = Permissions
tab-settings = Settings
tab-log = Log
tab-calls = Calls
tab-tasks = Tasks
tab-versions = Versions
tab-general = General
tab-pricing = Pricing
tab-module = Module

# Set-up, log-in, errors.
setup-title = Create the first administrator
setup-lede = This account runs the panel. The page disappears once it exists.
setup-code = Setup code
setup-code-help = It is in the link that the panel printed when it started. “caisson admin create” needs none.
setup-submit = Create administrator
login-title = Log in
login-admin-title = Log in to the panel
login-admin-lede = For administrators of this provider.
login-client-title = Welcome back
login-client-lede = Log in to see your services.
login-submit = Log in
login-throttled-title = Too many tries
login-throttled = { $seconds ->
    [one] Wait one second, then try again.
   *[other] Wait { $seconds } seconds, then try again.
}
error-code = Error { $status }
error-request = Request
error-home = Back to the start
error-403-title = This is not for your account
error-403-why = Your account does not have the permission that this page asks for.
error-403-do = Ask an administrator for the permission, or log in with another account.
error-404-title = There is nothing here
error-404-why = The address leads to nothing that exists, or that you may see.
error-404-do = Check the address, or look for it from the start page.
error-409-title = That no longer fits
error-409-why = Something changed since the page was opened.
error-409-do = Go back, reload the page and try again.
error-413-title = That is too large
error-413-why = What was sent is larger than the panel takes.
error-413-do = Send a smaller file.
error-422-title = Something needs another look
error-422-why = What was sent is missing something, or cannot be read.
error-422-do = Go back and check the form; what you typed is still there.
error-429-title = Slow down a little
error-429-why = Too many requests came from your address.
error-429-do = Wait a minute, then try again.
error-500-title = The panel made a mistake
error-500-why = It could not do this. The cause is in its log.
error-500-do = Try again. If it stays, tell the operator the request number.
error-502-title = A module did not answer
error-502-why = The module that serves this page failed.
error-502-do = Try again. The panel itself is fine.
error-503-title = Busy right now
error-503-why = Everything that could serve this is at work.
error-503-do = Try again in a few seconds.
search-title = Search
search-for = Results for “{ $query }”
search-none = Nothing found
search-none-text = Try a client's name or e-mail, a service, a task's number, or the name of a module.

# Account and tokens.
account-profile = Profile
account-password = Change password
account-password-submit = Change password
tokens-lede = Keys for programs that use the API as you. Each has your rights, so give each program its own.
tokens-openapi = API reference
tokens-new = Create token
tokens-name-help = Which program uses it.
tokens-lifetime = Valid for
tokens-days = { $days ->
    [one] One day
   *[other] { $days } days
}
tokens-no-end = No end
tokens-created = Token “{ $name }” is ready
tokens-created-text = Copy it now: it is shown this once and stored only as a digest.
tokens-last-used = Last used
tokens-expires = Valid until
tokens-expired = Expired
tokens-never = Never
tokens-revoke = Revoke
tokens-revoke-title = Revoke the token “{ $name }”?
tokens-revoke-text = Programs that use it are refused from now on. This cannot be undone.
tokens-empty = No tokens yet
tokens-empty-text = A token lets a script or another system work with the panel over its API.
nav-invoices = Invoices
