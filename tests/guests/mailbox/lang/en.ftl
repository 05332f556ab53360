address = Address
quota = Quota
heard = Heard of
total = Mailboxes
last = Made last
overview-greeting = Mailbox of { $name }
