add-check = Dodaj kontrolę
began = Początek
checked = Sprawdzono
checks = Kontrole
contains = Tekst na stronie
contains-help = Strona zawodzi, gdy nie ma na niej tego tekstu, dokładnie tak zapisanego.
delete = Usuń
delete-text = Razem z nią znikną jej wyniki, sumy i awarie.
delete-title = Usunąć kontrolę { $name }?
edit = Edytuj
edit-text = Co i jak często jest sprawdzane.
edit-title = Edycja kontroli
every = { $minutes ->
    [one] co minutę
    [few] co { $minutes } minuty
   *[other] co { $minutes } minut
 }
expect = Oczekiwany status
expect-help = Jeden status, na przykład 200, lub zakres, na przykład 200-399.
expect-wrong = Zakres kończy się, zanim się zacznie.
failed = Niepowodzenie
hosts-too-many = Można podać najwyżej { $most } hostów.
hosts-wrong = „{ $entry }” nie jest ani adresem takim jak https://shop.example.com, ani hostem z portem.
incident-open = Nie działa
incident-over = Zakończona
incidents = Awarie
interval = Częstotliwość
is-paused = Kontrola jest wstrzymana: najpierw ją wznów.
kind = Rodzaj
kind-help = Strona jest pobierana; port musi przyjmować połączenia; host musi żyć, nawet jeśli odmawia; certyfikat musi być ważny.
kind-http = Strona WWW
kind-port = Port
kind-tcp = Host
kind-ssl = Certyfikat
last-day = Ostatnie 24 godziny; dostępność dotyczy 30 dni.
lasted = Czas trwania
limits-text = Co poza brakiem odpowiedzi liczy się jako niepowodzenie.
limits-title = Granice
lost-text = Te kontrole dotyczą hostów, których nie ma już na liście powyżej, więc nie można ich wykonać:
lost-title = Niektóre kontrole straciły swój host
more-checks = { $count ->
    [one] Jeszcze jedna kontrola
    [few] Jeszcze { $count } kontrole
   *[other] Jeszcze { $count } kontroli
 }
name = Nazwa
name-taken = Inna kontrola ma już tę nazwę.
newer = Nowsze
no-incidents = Brak awarii
no-incidents-text = Nic nie przestało działać.
no-results = Jeszcze bez wyników
no-results-text = Pierwszy pojawi się w ciągu minuty.
none-yet = Nic jeszcze nie jest obserwowane
none-yet-text = Kontrola raz po raz sprawdza stronę, port, host lub certyfikat i powiadamia, gdy przestaje działać.
not-checked = Nie można teraz sprawdzić
older = Starsze
page-text = Tylko dla stron WWW.
page-title = Strona WWW
pause = Wstrzymaj
period = Okres
period-day = 24 godziny
period-week = 7 dni
period-month = 30 dni
response-time = Czas odpowiedzi
response-time-text = Średnia wszystkich kontroli według godzin, w UTC.
result = Wynik
results = Wyniki
resume = Wznów
run-now = Sprawdź teraz
save = Zapisz
settings-text = { $count ->
    [one] Jedna kontrola używa tych ustawień.
    [few] { $count } kontrole używają tych ustawień.
   *[other] { $count } kontroli używa tych ustawień.
 }
since = W tym stanie od
slow = Najwolniejsza odpowiedź
slow-help = Dłuższa odpowiedź liczy się jako niepowodzenie. Nie dotyczy certyfikatów.
state = Stan
state-up = Działa
state-down = Nie działa
state-unknown = Jeszcze nieznany
state-paused = Wstrzymana
strip = Dostępność { $name } w czasie
strip-text = Pełny: nic nie zawiodło. Niższe: zawiodła do jednej dziesiątej lub więcej. Najniższy: nic nie sprawdzano.
target = Cel
target-help = Adres taki jak https://shop.example.com/cart dla strony; w innych przypadkach host z portem, na przykład mail.example.com:25. W ustawieniach są: { $hosts }.
target-unlisted = W ustawieniach nie ma { $place } wśród obserwowanych hostów.
target-wrong-page = Strona wymaga adresu, który zaczyna się od https:// lub http://.
target-wrong-place = Tu potrzebny jest host z portem, na przykład mail.example.com:25.
test-all = { $tried ->
    [one] Host odpowiada.
    [few] Wszystkie { $tried } hosty odpowiadają.
   *[other] Wszystkie { $tried } hostów odpowiada.
 }
test-failed = { $entry } nie odpowiada: { $why }
test-some = W dostępnym czasie sprawdzono { $tried } z { $all } hostów; odpowiadają.
test-status = { $entry } odpowiada statusem { $status }.
timeout = Najdłuższe oczekiwanie
times-utc = Wartości średnie; czasy w UTC.
to-dashboard = Do pulpitu
too-many = Może być najwyżej { $most } kontroli.
uptime = Dostępność
uptime-day = Dostępność z 24 godzin
uptime-week = Dostępność z 7 dni
uptime-month = Dostępność z 30 dni
warn-days = Dni ważności certyfikatu
warn-days-help = Certyfikat, który kończy się wcześniej, liczy się jako niepowodzenie.
went-well = Powodzenie
why = Przyczyna

# Dlaczego próba się nie powiodła.
cause = { $cause ->
    [resolve] Nie znaleziono nazwy hosta.
    [connect] Nie przyjął połączenia.
    [tls] Nie udało się nawiązać bezpiecznego połączenia.
    [timeout] Nie odpowiedział na czas.
    [large] Odpowiedź była większa, niż się odczytuje.
    [status] Odpowiedział statusem { $detail }.
    [text] Na stronie nie było oczekiwanego tekstu.
    [slow] Odpowiedź trwała dłużej niż { $detail } ms.
    [expired] Certyfikat stracił ważność { $detail } dni temu.
    [expires] Certyfikat traci ważność za { $detail } dni.
   *[other] Połączenie zostało przerwane.
 }

notify-down-subject = Nie działa: { $name }
notify-down-message = { $name } ({ $target }) nie działa. { cause }
notify-still-down-subject = Nadal nie działa: { $name }
notify-still-down-message = { $name } ({ $target }) nie działa od { $minutes } min. { cause }
notify-up-subject = Znów działa: { $name }
notify-up-message = { $name } ({ $target }) znów działa. Przerwa trwała { $minutes } min. { cause }
