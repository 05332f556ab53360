# Що не так із полем. { $attribute } — його назва у зручному для читання вигляді.
required = Поле «{ $attribute }» є обов’язковим.
string = Поле «{ $attribute }» має бути текстом.
integer = Поле «{ $attribute }» має бути цілим числом.
numeric = Поле «{ $attribute }» має бути числом.
boolean = Поле «{ $attribute }» має бути істиною або хибою.
array = Поле «{ $attribute }» має бути списком.
min-number = Поле «{ $attribute }» має бути не меншим за { $min }.
min-text = { $min ->
    [one] Поле «{ $attribute }» має містити щонайменше { $min } символ.
    [few] Поле «{ $attribute }» має містити щонайменше { $min } символи.
    [many] Поле «{ $attribute }» має містити щонайменше { $min } символів.
   *[other] Поле «{ $attribute }» має містити щонайменше { $min } символу.
}
min-items = { $min ->
    [one] Поле «{ $attribute }» має містити щонайменше { $min } елемент.
    [few] Поле «{ $attribute }» має містити щонайменше { $min } елементи.
    [many] Поле «{ $attribute }» має містити щонайменше { $min } елементів.
   *[other] Поле «{ $attribute }» має містити щонайменше { $min } елемента.
}
max-number = Поле «{ $attribute }» має бути не більшим за { $max }.
max-text = { $max ->
    [one] Поле «{ $attribute }» може містити щонайбільше { $max } символ.
    [few] Поле «{ $attribute }» може містити щонайбільше { $max } символи.
    [many] Поле «{ $attribute }» може містити щонайбільше { $max } символів.
   *[other] Поле «{ $attribute }» може містити щонайбільше { $max } символу.
}
max-items = { $max ->
    [one] Поле «{ $attribute }» може містити щонайбільше { $max } елемент.
    [few] Поле «{ $attribute }» може містити щонайбільше { $max } елементи.
    [many] Поле «{ $attribute }» може містити щонайбільше { $max } елементів.
   *[other] Поле «{ $attribute }» може містити щонайбільше { $max } елемента.
}
between-number = Поле «{ $attribute }» має бути від { $min } до { $max }.
between-text = Кількість символів у полі «{ $attribute }» має бути від { $min } до { $max }.
between-items = Кількість елементів у полі «{ $attribute }» має бути від { $min } до { $max }.
in = Значення поля «{ $attribute }» не належить до дозволених.
not-in = Це значення не можна використати в полі «{ $attribute }».
regex = Поле «{ $attribute }» має неправильний формат.
email = Поле «{ $attribute }» має бути адресою електронної пошти.
ip = Поле «{ $attribute }» має бути IP-адресою.
ipv4 = Поле «{ $attribute }» має бути адресою IPv4.
ipv6 = Поле «{ $attribute }» має бути адресою IPv6.
url = Поле «{ $attribute }» має бути вебадресою.
alpha-dash = Поле «{ $attribute }» може містити лише літери, цифри, дефіси та підкреслення.
date = Поле «{ $attribute }» має бути датою.
confirmed = Поле «{ $attribute }» не збігається з підтвердженням.
same = Поля «{ $attribute }» і «{ $other }» мають збігатися.
different = Поля «{ $attribute }» і «{ $other }» мають відрізнятися.
digits = { $digits ->
    [one] Поле «{ $attribute }» має складатися з { $digits } цифри.
   *[other] Поле «{ $attribute }» має складатися з { $digits } цифр.
}
uuid = Поле «{ $attribute }» має бути ідентифікатором UUID.
json = Поле «{ $attribute }» має бути правильним JSON.
too-many = Поле «{ $attribute }» містить понад { $max } записів.
