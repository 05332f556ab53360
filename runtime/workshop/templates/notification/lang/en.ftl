about = Posts messages.
