# Słowa wspólnych makr, z których korzystają też strony modułów.
ui-skip = Przejdź do treści
ui-cancel = Anuluj
ui-confirm = Wykonaj
ui-save = Zapisz
ui-continue = Dalej
ui-edit = Edytuj
ui-delete = Usuń
ui-retry = Ponów
ui-look = Zobacz
ui-yes = Tak
ui-copy = Kopiuj
ui-value = Wartość do skopiowania
ui-dismiss = Zamknij
ui-actions = Działania
ui-breadcrumb = Gdzie jesteś
ui-tabs = Części
ui-pages = Strony
ui-previous = Poprzednie
ui-next = Następne
ui-shown = { $from }–{ $to } z { $total }
ui-search-here = Szukaj na tej liście
ui-all = { $what }: wszystko
ui-apply = Zastosuj
ui-clear = Wyczyść
ui-none-found = Nic nie pasuje
ui-none-found-text = Żaden wpis nie pasuje do wyszukiwania i filtrów.
ui-choose = Wybierz…
ui-optional = opcjonalne
ui-secret-set = •••••••• (ustawiono)
ui-secret-keep = Wartość jest zapisana. Zostaw puste, aby ją zachować.
ui-tags-help = Oddziel wpisy przecinkami.
ui-form-errors = { $count ->
    [one] Jedno pole wymaga poprawki
    [few] { $count } pola wymagają poprawki
   *[other] { $count } pól wymaga poprawki
}
ui-frame-unapproved = Ta część strony uruchamia skrypt modułu, który nie został zatwierdzony.
chart-bad = nieudane: { $count }
ui-progress = Postęp
ui-as-table = Pokaż jako tabelę
ui-time = Kiedy
ui-last-hour = Ostatnia godzina
ui-last-day = Ostatnie 24 godziny
ui-last-week = Ostatnie 7 dni
chart-p50 = Połowa wywołań do
chart-p99 = 99 na 100 do
chart-marks = Kropki: 1 ms i 1 s

status-pending = Oczekuje
status-processing = W toku
status-completed = Gotowe
status-failed = Niepowodzenie
status-error = Błąd
status-suspended = Zawieszone
status-pause = Wstrzymane
status-terminated = Zakończone
status-active = Aktywne
status-inactive = Nieaktywne
status-running = Działa
status-done = Wykonane
status-cancelled = Anulowane
status-quarantined = Kwarantanna
status-high = Wysokie
status-medium = Średnie
status-low = Niskie
status-debug = Szczegóły
status-info = Informacja
status-warning = Ostrzeżenie
status-ok = OK
status-denied = Odmowa
status-problem = Problem
status-trap = Awaria
status-timeout = Przekroczony czas
status-exhausted = Ponad limit
status-trapped = Awaria
status-host-error = Błąd panelu
status-not-exported = Brak w module

verb-create = Utwórz
verb-suspend = Zawieś
verb-unsuspend = Wznów
verb-terminate = Zakończ
verb-change-package = Zmień pakiet

risk-high = Wysokie ryzyko
risk-medium = Średnie ryzyko
risk-low = Niskie ryzyko

type-product = Produkt
type-payment = Płatność
type-notification = Powiadomienia
type-plugin = Wtyczka

theme-title = Motyw
theme-light = Jasny
theme-dark = Ciemny
theme-auto = Jak w systemie
locale-title = Język
locale-en = Angielski
locale-pl = Polski
locale-uk = Ukraiński
status-unpaid = Nieopłacona
status-paid = Opłacona
status-refunded = Zwrócona
status-draft = Szkic
