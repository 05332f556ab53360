# Words of the shared macros, which modules' pages use too.
ui-skip = Skip to content
ui-cancel = Cancel
ui-confirm = Go ahead
ui-save = Save
ui-continue = Continue
ui-edit = Edit
ui-delete = Delete
ui-retry = Retry
ui-look = Take a look
ui-yes = Yes
ui-copy = Copy
ui-value = Value to copy
ui-dismiss = Dismiss
ui-actions = Actions
ui-breadcrumb = Where you are
ui-tabs = Sections
ui-pages = Pages
ui-previous = Previous
ui-next = Next
ui-shown = { $from }–{ $to } of { $total }
ui-search-here = Search this list
ui-all = { $what }: all
ui-apply = Apply
ui-clear = Clear
ui-none-found = Nothing matches
ui-none-found-text = No entry fits the search and the filters.
ui-choose = Choose…
ui-optional = optional
ui-secret-set = •••••••• (set)
ui-secret-keep = A value is stored. Leave this empty to keep it.
ui-tags-help = Separate entries with commas.
ui-form-errors = { $count ->
    [one] One field needs another look
   *[other] { $count } fields need another look
}
ui-frame-unapproved = This part of the page runs a script of the module, which has not been approved.
ui-progress = Progress
ui-as-table = Show as a table

status-pending = Pending
status-processing = Processing
status-completed = Completed
status-failed = Failed
status-error = Error
status-suspended = Suspended
status-pause = Paused
status-terminated = Terminated
status-active = Active
status-inactive = Inactive
status-running = Running
status-done = Done
status-cancelled = Cancelled
status-quarantined = Quarantined
status-high = High
status-medium = Medium
status-low = Low
status-debug = Debug
status-info = Info
status-warning = Warning
status-ok = OK
status-denied = Denied
status-problem = Problem
status-trap = Trap
status-timeout = Timed out
status-exhausted = Over budget

verb-create = Create
verb-suspend = Suspend
verb-unsuspend = Unsuspend
verb-terminate = Terminate
verb-change-package = Change package

risk-high = High risk
risk-medium = Medium risk
risk-low = Low risk

type-product = Product
type-payment = Payment
type-notification = Notification
type-plugin = Plugin

theme-title = Theme
theme-light = Light
theme-dark = Dark
theme-auto = As the system
locale-title = Language
locale-en = English
locale-pl = Polish
locale-uk = Ukrainian
