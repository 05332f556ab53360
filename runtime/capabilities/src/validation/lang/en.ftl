# What is wrong with a field. { $attribute } is its name made readable.
required = The { $attribute } field is required.
string = The { $attribute } field must be a text.
integer = The { $attribute } field must be a whole number.
numeric = The { $attribute } field must be a number.
boolean = The { $attribute } field must be true or false.
array = The { $attribute } field must be a list.
min-number = The { $attribute } field must be at least { $min }.
min-text = { $min ->
    [one] The { $attribute } field must have at least { $min } character.
   *[other] The { $attribute } field must have at least { $min } characters.
}
min-items = { $min ->
    [one] The { $attribute } field must have at least { $min } item.
   *[other] The { $attribute } field must have at least { $min } items.
}
max-number = The { $attribute } field must not be greater than { $max }.
max-text = { $max ->
    [one] The { $attribute } field must not have more than { $max } character.
   *[other] The { $attribute } field must not have more than { $max } characters.
}
max-items = { $max ->
    [one] The { $attribute } field must not have more than { $max } item.
   *[other] The { $attribute } field must not have more than { $max } items.
}
between-number = The { $attribute } field must be between { $min } and { $max }.
between-text = The { $attribute } field must have between { $min } and { $max } characters.
between-items = The { $attribute } field must have between { $min } and { $max } items.
in = The selected { $attribute } is not one of the choices.
not-in = The selected { $attribute } cannot be used.
regex = The { $attribute } field has the wrong format.
email = The { $attribute } field must be an e-mail address.
ip = The { $attribute } field must be an IP address.
ipv4 = The { $attribute } field must be an IPv4 address.
ipv6 = The { $attribute } field must be an IPv6 address.
url = The { $attribute } field must be a web address.
alpha-dash = The { $attribute } field must only have letters, digits, hyphens and underscores.
date = The { $attribute } field must be a date.
confirmed = The { $attribute } field does not match its confirmation.
same = The { $attribute } field must match { $other }.
different = The { $attribute } field and { $other } must be different.
digits = { $digits ->
    [one] The { $attribute } field must be { $digits } digit.
   *[other] The { $attribute } field must be { $digits } digits.
}
uuid = The { $attribute } field must be a UUID.
json = The { $attribute } field must be valid JSON.
too-many = The { $attribute } field comes with more than { $max } entries.
