action-prohibited = Slack nie pozwala temu webhookowi pisać na kanale. Zapytaj administratora przestrzeni roboczej.
channel-is-archived = Kanał Slacka jest zarchiwizowany. Utwórz webhook dla innego.
channel-not-found = Kanał tego webhooka w Slacku już nie istnieje. Utwórz webhook dla innego.
files-left-out = { $count ->
    [one] Dołączono plik, którego webhooki Slacka nie przyjmują: { $files }
    [few] Dołączono { $count } pliki, których webhooki Slacka nie przyjmują: { $files }
   *[other] Dołączono { $count } plików, których webhooki Slacka nie przyjmują: { $files }
}
invalid-payload = Slack nie rozumie tej wiadomości. Jego odpowiedź jest w dzienniku modułu.
no-service = Slack nie zna już tego webhooka. Utwórz nowy i wpisz jego adres w ustawieniach.
paused = Slack prosi o przerwę: { $seconds } s.
settings-head = Skąd wziąć adres
settings-step-app = W Slacku otwórz stronę swoich aplikacji i utwórz nową dla przestrzeni roboczej albo wybierz istniejącą.
settings-step-hook = W części Incoming Webhooks włącz webhooki, dodaj jeden i wybierz kanał.
settings-step-copy = Skopiuj adres webhooka do formularza powyżej i sprawdź połączenie: na kanale pojawi się wpis.
settings-once = Administratorzy dostają wiadomości osobno. Jeśli jest ich kilku, wpisz powyżej adres jednego z nich, a kanał przeczyta wszystko raz.
test-post = Panel hostingowy może tu pisać.
test-posted = Slack przyjął wiadomość: zajrzyj na kanał.
