# Co jest nie tak z polem. { $attribute } to jego nazwa w czytelnej postaci.
required = Pole „{ $attribute }” jest wymagane.
string = Pole „{ $attribute }” musi być tekstem.
integer = Pole „{ $attribute }” musi być liczbą całkowitą.
numeric = Pole „{ $attribute }” musi być liczbą.
boolean = Pole „{ $attribute }” musi mieć wartość prawda albo fałsz.
array = Pole „{ $attribute }” musi być listą.
min-number = Pole „{ $attribute }” musi wynosić co najmniej { $min }.
min-text = { $min ->
    [one] Pole „{ $attribute }” musi mieć co najmniej { $min } znak.
    [few] Pole „{ $attribute }” musi mieć co najmniej { $min } znaki.
    [many] Pole „{ $attribute }” musi mieć co najmniej { $min } znaków.
   *[other] Pole „{ $attribute }” musi mieć co najmniej { $min } znaku.
}
min-items = { $min ->
    [one] Pole „{ $attribute }” musi mieć co najmniej { $min } element.
    [few] Pole „{ $attribute }” musi mieć co najmniej { $min } elementy.
    [many] Pole „{ $attribute }” musi mieć co najmniej { $min } elementów.
   *[other] Pole „{ $attribute }” musi mieć co najmniej { $min } elementu.
}
max-number = Pole „{ $attribute }” nie może być większe niż { $max }.
max-text = { $max ->
    [one] Pole „{ $attribute }” może mieć najwyżej { $max } znak.
    [few] Pole „{ $attribute }” może mieć najwyżej { $max } znaki.
    [many] Pole „{ $attribute }” może mieć najwyżej { $max } znaków.
   *[other] Pole „{ $attribute }” może mieć najwyżej { $max } znaku.
}
max-items = { $max ->
    [one] Pole „{ $attribute }” może mieć najwyżej { $max } element.
    [few] Pole „{ $attribute }” może mieć najwyżej { $max } elementy.
    [many] Pole „{ $attribute }” może mieć najwyżej { $max } elementów.
   *[other] Pole „{ $attribute }” może mieć najwyżej { $max } elementu.
}
between-number = Pole „{ $attribute }” musi być w zakresie od { $min } do { $max }.
between-text = Liczba znaków w polu „{ $attribute }” musi wynosić od { $min } do { $max }.
between-items = Liczba elementów w polu „{ $attribute }” musi wynosić od { $min } do { $max }.
in = Wartości pola „{ $attribute }” nie ma wśród dozwolonych.
not-in = Tej wartości nie można użyć w polu „{ $attribute }”.
regex = Pole „{ $attribute }” ma niewłaściwy format.
email = Pole „{ $attribute }” musi być adresem e-mail.
ip = Pole „{ $attribute }” musi być adresem IP.
ipv4 = Pole „{ $attribute }” musi być adresem IPv4.
ipv6 = Pole „{ $attribute }” musi być adresem IPv6.
url = Pole „{ $attribute }” musi być adresem internetowym.
alpha-dash = Pole „{ $attribute }” może zawierać tylko litery, cyfry, łączniki i podkreślenia.
date = Pole „{ $attribute }” musi być datą.
confirmed = Pole „{ $attribute }” różni się od swojego potwierdzenia.
same = Pola „{ $attribute }” i „{ $other }” muszą być takie same.
different = Pola „{ $attribute }” i „{ $other }” muszą się różnić.
digits = { $digits ->
    [one] Pole „{ $attribute }” musi mieć dokładnie { $digits } cyfrę.
    [few] Pole „{ $attribute }” musi mieć dokładnie { $digits } cyfry.
   *[other] Pole „{ $attribute }” musi mieć dokładnie { $digits } cyfr.
}
uuid = Pole „{ $attribute }” musi być identyfikatorem UUID.
json = Pole „{ $attribute }” musi być poprawnym JSON.
too-many = Pole „{ $attribute }” zawiera więcej niż { $max } pozycji.
