account-closed = To konto Twilio jest zamknięte.
account-suspended = To konto Twilio jest zawieszone. Powód podaje konsola Twilio.
blocked = Wiadomość została po drodze zablokowana.
carrier-silent = Operator nie powiedział na czas, co się stało z wiadomością.
check-account = Account SID to AC i 32 cyfry lub litery od a do f.
check-sender = Wpisz numer z kodem kraju, nazwę złożoną z najwyżej 11 liter i cyfr, w tym choć jednej litery, albo SID usługi wiadomości.
empty-service = Do tej usługi wiadomości nie należy żaden numer. Dodaj go w konsoli Twilio.
filtered = Operator uznał wiadomość za spam i jej nie dostarczył.
landline = To numer stacjonarny, który nie przyjmuje SMS-ów.
no-account = Twilio nie zna tego Account SID.
no-mobile = Ten numer nie może odbierać SMS-ów.
no-way = Twilio nie ma drogi od tego nadawcy do kraju lub operatora tego numeru.
not-delivered = { $code ->
    [0] Wiadomość nie została dostarczona.
   *[other] Wiadomość nie została dostarczona (błąd Twilio { NUMBER($code, useGrouping: 0) }).
}
nothing-to-say = Wiadomość jest pusta.
opted-out = Właściciel tego numeru odpowiedział STOP i nic nie dostanie, dopóki nie odpowie START.
paused = Twilio prosi o przerwę: { $seconds } s.
region-forbidden = Konto Twilio nie może wysyłać do tego kraju. Zezwól na to w uprawnieniach wiadomości w konsoli.
settings-head = Co zrobić w Twilio
settings-step-account = Skopiuj Account SID i Auth Token z pierwszej strony konsoli Twilio.
settings-step-countries = W części Messaging, Settings, Geo permissions zezwól na kraje, z których są numery klientów.
settings-callback = Adres zwrotny z tej strony idzie z każdą wiadomością, więc w Twilio nie trzeba nic wpisywać. Twilio musi go jednak dosięgnąć z zewnątrz: inaczej wiadomości pozostają „przyjęte” i nie widać, czy dotarły.
settings-test = Sprawdzenie połączenia pyta Twilio o konto. Żadna wiadomość nie jest wysyłana i nic nie kosztuje.
test-passed = Twilio zna konto „{ $name }” i jest ono aktywne.
too-long = Wiadomość ma segmentów: { $segments }, a wysyłane są najwyżej: { $most }.
too-long-at-all = Wiadomość jest dłuższa, niż Twilio przyjmuje.
too-many = Twilio ma w kolejce więcej wiadomości tego nadawcy, niż może wysłać.
trial = To konto próbne, które wysyła tylko na zweryfikowane numery.
unknown-cause = Operator nie dostarczył wiadomości i nie podał powodu.
unknown-number = Numer jest nieznany albo nieczynny.
unreachable = Telefon jest wyłączony albo poza zasięgiem.
unregistered = Nadawca nie jest zarejestrowany u operatorów tego kraju. Konsola Twilio mówi, jak to zrobić.
wrong-callback = Twilio nie przyjmuje adresu zwrotnego panelu. Musi być osiągalny z zewnątrz.
wrong-number = To nie jest numer telefonu.
wrong-sender = Konto Twilio nie może wysyłać od tego nadawcy. Sprawdź go w ustawieniach.
wrong-token = Twilio nie przyjmuje tego Account SID i Auth Token.
