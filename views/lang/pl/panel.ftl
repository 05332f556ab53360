# Ramka.
nav-main = Główna nawigacja
nav-open = Otwórz nawigację
nav-dashboard = Pulpit
nav-clients = Klienci
nav-services = Usługi
nav-products = Produkty
nav-modules = Moduły
nav-publishers = Wydawcy
nav-tasks = Zadania
nav-log = Dziennik modułów
nav-tokens = Tokeny API
nav-account = Konto
nav-logout = Wyloguj
nav-group-system = System
nav-group-settings = Ustawienia
nav-search = Szukaj klientów, usług, modułów…
nav-search-key = Naciśnij /, aby szukać
nav-count-modules = { $count ->
    [one] Jeden moduł czeka na zgodę
    [few] { $count } moduły czekają na zgodę
   *[other] { $count } modułów czeka na zgodę
}
nav-count-tasks = { $count ->
    [one] Jedno nieudane zadanie
    [few] { $count } nieudane zadania
   *[other] { $count } nieudanych zadań
}
account-menu = Konto: { $name }
bell-title = Wymaga uwagi
bell-nothing = Nic teraz na Ciebie nie czeka.
bell-failed-tasks = { $count ->
    [one] Jedno nieudane zadanie
    [few] { $count } nieudane zadania
   *[other] { $count } nieudanych zadań
}
bell-waiting-modules = { $count ->
    [one] Jeden moduł czeka na zgodę
    [few] { $count } moduły czekają na zgodę
   *[other] { $count } modułów czeka na zgodę
}

# Słowa wspólne dla wielu stron.
col-module = Moduł
col-status = Stan
col-version = Wersja
col-type = Rodzaj
col-author = Autor
col-client = Klient
col-product = Produkt
col-service = Usługa
col-provision-status = U dostawcy
col-billing-status = Rozliczenie
col-created = Utworzono
col-since = Od
col-id = ID
col-task = Zadanie
col-tries = Próby
col-when = Kiedy
col-function = Funkcja
col-outcome = Wynik
col-host-calls = Wywołania hosta
col-wall = Czas
col-cpu = Procesor
col-memory = Pamięć
col-part = Część
col-licence = Licencja
col-installed = Zainstalowano
col-approved = Zatwierdzono
col-digest = Skrót
col-signature = Podpis
col-request = Żądanie
col-action = Akcja
col-grant = Uprawnienie
col-last-used = Ostatnio użyte
col-missing = Czego brakowało
col-times = Ile razy
col-last = Ostatni raz
col-next = Co zrobić
col-sent = Wysłano
col-received = Odebrano
field-name = Nazwa
field-email = E-mail
field-phone = Telefon
field-phone-help = Z numerem kierunkowym kraju; na wiadomości SMS.
field-password = Hasło
field-password-again = Powtórz hasło
field-password-current = Obecne hasło
field-password-new = Nowe hasło
field-locale = Język
field-currency = Waluta
field-description = Opis
field-slug = Krótka nazwa
field-price = Cena
field-stock = Zapas
price-free = Bezpłatnie
password-help = Co najmniej 12 znaków. Dobrze sprawdza się kilka przypadkowych słów.
tab-overview = Przegląd
tab-permissions = Uprawnienia
tab-settings = Ustawienia
tab-log = Dziennik
tab-calls = Wywołania
tab-tasks = Zadania
tab-versions = Wersje
tab-general = Ogólne
tab-pricing = Cena
tab-module = Moduł

# Pierwsze uruchomienie, logowanie, błędy.
setup-title = Utwórz pierwszego administratora
setup-lede = To konto zarządza panelem. Gdy powstanie, ta strona zniknie.
setup-code = Kod pierwszego uruchomienia
setup-code-help = Jest w odnośniku, który panel wypisał przy starcie. „caisson admin create” go nie wymaga.
setup-submit = Utwórz administratora
login-title = Logowanie
login-admin-title = Zaloguj się do panelu
login-admin-lede = Dla administratorów tego dostawcy.
login-client-title = Witaj ponownie
login-client-lede = Zaloguj się, aby zobaczyć swoje usługi.
login-submit = Zaloguj
login-throttled-title = Zbyt wiele prób
login-throttled = { $seconds ->
    [one] Poczekaj sekundę i spróbuj ponownie.
    [few] Poczekaj { $seconds } sekundy i spróbuj ponownie.
   *[other] Poczekaj { $seconds } sekund i spróbuj ponownie.
}
error-code = Błąd { $status }
error-request = Numer żądania
error-home = Wróć na początek
error-403-title = To nie jest dla Twojego konta
error-403-why = Twoje konto nie ma uprawnienia, którego wymaga ta strona.
error-403-do = Poproś administratora o uprawnienie albo zaloguj się na inne konto.
error-404-title = Tu niczego nie ma
error-404-why = Ten adres nie prowadzi do niczego, co istnieje lub co możesz zobaczyć.
error-404-do = Sprawdź adres albo poszukaj od strony początkowej.
error-409-title = To już nie pasuje
error-409-why = Od otwarcia strony coś się zmieniło.
error-409-do = Wróć, odśwież stronę i spróbuj ponownie.
error-413-title = To za duże
error-413-why = Przesłano więcej, niż panel przyjmuje.
error-413-do = Prześlij mniejszy plik.
error-422-title = Coś wymaga poprawki
error-422-why = W przesłanych danych czegoś brakuje albo nie da się ich odczytać.
error-422-do = Wróć i sprawdź formularz; wpisane wartości nadal tam są.
error-429-title = Trochę wolniej
error-429-why = Z Twojego adresu przyszło zbyt wiele żądań.
error-429-do = Poczekaj minutę i spróbuj ponownie.
error-500-title = Panel popełnił błąd
error-500-why = Nie udało się tego zrobić. Przyczyna jest w dzienniku panelu.
error-500-do = Spróbuj ponownie. Jeśli błąd nie zniknie, podaj operatorowi numer żądania.
error-502-title = Moduł nie odpowiedział
error-502-why = Moduł, który obsługuje tę stronę, zawiódł.
error-502-do = Spróbuj ponownie. Sam panel działa.
error-503-title = Chwilowo zajęte
error-503-why = Wszystko, co mogłoby to obsłużyć, właśnie pracuje.
error-503-do = Spróbuj ponownie za kilka sekund.
search-title = Wyszukiwanie
search-for = Wyniki dla „{ $query }”
search-none = Nic nie znaleziono
search-none-text = Spróbuj nazwy lub e-maila klienta, usługi, numeru zadania albo nazwy modułu.

# Konto i tokeny.
account-profile = Profil
account-password = Zmiana hasła
account-password-submit = Zmień hasło
tokens-lede = Klucze dla programów, które używają API w Twoim imieniu. Każdy ma Twoje prawa, więc daj każdemu programowi własny.
tokens-openapi = Opis API
tokens-new = Utwórz token
tokens-name-help = Który program go używa.
tokens-lifetime = Ważny przez
tokens-days = { $days ->
    [one] 1 dzień
   *[other] { $days } dni
}
tokens-no-end = Bez końca
tokens-created = Token „{ $name }” jest gotowy
tokens-created-text = Skopiuj go teraz: pokazujemy go tylko raz i przechowujemy wyłącznie jego skrót.
tokens-last-used = Ostatnio użyty
tokens-expires = Ważny do
tokens-expired = Wygasł
tokens-never = Nigdy
tokens-revoke = Unieważnij
tokens-revoke-title = Unieważnić token „{ $name }”?
tokens-revoke-text = Programy, które go używają, będą od teraz odrzucane. Tego nie można cofnąć.
tokens-empty = Nie ma jeszcze tokenów
tokens-empty-text = Token pozwala skryptowi lub innemu systemowi pracować z panelem przez API.
nav-invoices = Faktury
