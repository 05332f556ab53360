# Pulpit.
dashboard-title = Dziś
dashboard-lede = { $count ->
    [0] Nic na Ciebie nie czeka.
    [one] Jedna sprawa czeka na Ciebie.
    [few] { $count } sprawy czekają na Ciebie.
   *[other] { $count } spraw czeka na Ciebie.
}
dashboard-tasks-day = Zadania w 24 h
dashboard-calls-day = Wywołania w 24 h
dashboard-attention = Potrzebny człowiek
dashboard-attention-text = Niepowodzenia i decyzje, które możesz podjąć tylko Ty.
dashboard-clear = Wszystko w porządku
dashboard-clear-text = Żadnej nieudanej usługi, żadnego nieudanego zadania, żaden moduł nie czeka.
dashboard-quarantined = { $title }: kwarantanna
dashboard-task = { $module }: zadanie { $method } nie powiodło się
dashboard-waits-first = { $title } czeka na zgodę
dashboard-waits-update = { $title } { $version } prosi o więcej
dashboard-waits-text = Przeczytaj, o co prosi, i zdecyduj.
dashboard-activity = Zadania według godzin
dashboard-activity-text = Zadania zakończone w ciągu 24 godzin; na czerwono, gdy któreś się nie powiodło.
dashboard-activity-none = Nie wykonano jeszcze żadnego zadania.
dashboard-recent = Co się wydarzyło
dashboard-recent-none = Nic się jeszcze nie wydarzyło.

# Moduły.
modules-lede = Integracje, które działają w piaskownicy i mogą tylko to, na co pozwolisz.
modules-install = Zainstaluj moduł
modules-install-text = Pakiet jest sprawdzany, zanim cokolwiek się uruchomi. Uszkodzony zostaje odrzucony i nic po nim nie zostaje.
modules-install-drop = Wybierz pakiet lub upuść go tutaj
modules-install-hint = Jeden plik .caisson, najwyżej 40 MiB
modules-install-submit = Sprawdź i zainstaluj
modules-signature-drop = Dodaj jego podpis
modules-signature-hint = Plik .minisig dołączony do pakietu, jeśli istnieje
modules-address-open = Albo z adresu
modules-address = Adres
modules-address-help = https:// ze skrótem albo rejestr: oci://host/repozytorium:tag. Panel pobiera pakiet i jego podpis.
modules-digest = Skrót
modules-digest-help = sha256: i 64 cyfry, jak podaje wydawca. Adres https go wymaga.
modules-exceptions = Wyjątki dla tego pakietu
modules-new-publisher = Inny wydawca
modules-new-publisher-help = Pakiet może pochodzić od innego wydawcy niż dotąd albo nie mieć podpisu. Zostanie to w dzienniku audytu.
modules-allow-older = Starsza wersja
modules-allow-older-help = Pakiet może być starszy niż wersja, która już tu działała. Zostanie to w dzienniku audytu.
modules-empty = Nie ma jeszcze modułów
modules-empty-text = Moduł łączy panel z dostawcą: hostingu, płatności, powiadomień. Zainstaluj pierwszy z jego pakietu.
parts-open = Z czego się składa
parts-title = Z czego składa się { $version }
parts-text = Według autora, razem z tym, czego użyto do zbudowania. Licencje są takie, jakie podaje każda część.
parts-none = Jego pakiet nie ma listy części; spakowało go starsze narzędzie.
parts-unknown = nieznana
parts-builds = tylko buduje
module-activate = Aktywuj
module-deactivate = Dezaktywuj
module-deactivate-title = Dezaktywować { $title }?
module-deactivate-text = Jego strony, harmonogramy i webhooki przestaną działać, a jego usług nie będzie można zmieniać. Ustawienia, tabele i dane pozostaną.
module-update = Aktualizuj
module-update-to = Aktualizuj do { $version }
module-delete = Usuń
module-delete-title = Usunąć { $title }?
module-approve = Przejrzyj
module-approve-count = { $count ->
    [one] Przejrzyj 1 prośbę
    [few] Przejrzyj { $count } prośby
   *[other] Przejrzyj { $count } próśb
}
module-roll-back = Przywróć
module-release = Zwolnij
module-quarantined-title = Kwarantanna po powtarzających się niepowodzeniach
module-waits-title = { $count ->
    [one] Jedna prośba czeka na Twoją decyzję
    [few] { $count } prośby czekają na Twoją decyzję
   *[other] { $count } próśb czeka na Twoją decyzję
}
module-waits-first = Dopóki nie zdecydujesz, nic z tego modułu się nie uruchomi.
module-waits-update = Wersja { $version } prosi o więcej niż { $serving }, która działa, dopóki nie zdecydujesz.
module-about = O module
module-website = Strona WWW
module-contract = Kontrakt
module-stat-services = Usługi
module-stat-failed = Nieudane w 24 h
module-stat-p50 = Typowe wywołanie
module-calls-chart = Wywołania według godzin
module-calls-chart-text = Ostatnie 24 godziny; na czerwono, gdy któreś się nie powiodło.
module-calls-none = Ten moduł nie był jeszcze wywoływany.
module-stat-p99 = Najwolniejsze 1 na 100
module-stat-cpu = Procesor w 24 h
module-stat-out = Wysłano w 24 h
module-stat-in = Odebrano w 24 h
module-times-chart = Jak długo trwają wywołania
module-times-chart-text = Według godzin; skala rośnie dziesięciokrotnie.
module-cpu-chart = Procesor według godzin
module-cpu-chart-text = Czas procesora wszystkich wywołań razem.
module-bytes-chart = Sieć według godzin
module-bytes-chart-text = Co wysłano i odebrano.
module-adds-text = Zadeklarowane w jego manifeście.
module-page-failed = Moduł nie mógł tego pokazać
module-page-failed-do = Reszta panelu działa. Przyczyna jest na osi czasu wywołania.
module-page-call = Jak powstała ta strona
version-delete-title = Usunąć wersję { $version }?
version-delete-text = Jej pakiet i zgoda zostaną wymazane. Wersja, która działa, pozostaje nietknięta.

# Podpisy i wydawcy.
signature-none = Bez podpisu
signature-none-text = Nic nie potwierdza, kto stworzył ten pakiet ani że dotarł w niezmienionej postaci.
signature-by = Podpisał: { $name }
signature-revoked = klucz unieważniono
publishers-lede = Czyim podpisom pakietów ufa ten panel. Pakiet podpisany przez kogoś innego zostanie odrzucony.
publishers-copy = Kopiuj klucz publiczny
publishers-modules = Może podpisywać
publishers-all = Wszystkie moduły
publishers-added = Zaufany od
publishers-revoked = Unieważniony
publishers-revoked-by = Unieważnił(a): { $name }
publishers-revoke = Unieważnij
publishers-revoke-title = Nie ufać już wydawcy { $name }?
publishers-revoke-text = Pakiety podpisane kluczem { $key } będą odtąd odrzucane, a temu kluczowi nie da się zaufać ponownie. Zainstalowane moduły działają dalej.
publishers-empty = Nie ma jeszcze wydawców
publishers-empty-text = Wydawca podpisuje pakiety swoim kluczem. Gdy mu zaufasz, pakiet zmieniony po drodze lub pochodzący od kogoś innego zostanie odrzucony.
publishers-new = Zaufaj wydawcy
publishers-name-help = Widoczna przy wszystkim, co podpisano tym kluczem.
publishers-public-key = Klucz publiczny
publishers-key-help = Wklej plik .pub programu minisign i porównaj go z drugim miejscem, w którym jest opublikowany.
publishers-modules-help = Klucze takie jak product/powerdns, oddzielone przecinkami. Puste oznacza wszystkie.

# Zgoda.
approve-title = { $title }: przegląd
approve-lede = Wersja { $version } jeszcze nie działała. Zdecyduj, co jej wolno.
approve-update-lede = Wersja { $new } prosi o więcej niż { $old }, która tymczasem działa dalej.
approve-asks = O co prosi
approve-asks-text = Zaznacz, na co pozwalasz. Pominięta prośba zostanie odrzucona w trakcie działania, z jasnym komunikatem.
approve-asks-nothing = Nie prosi o nic poza piaskownicą.
approve-dropped = Już niepotrzebne
approve-how-title = Jak to działa
approve-how = Moduł działa w piaskownicy. Ma dostęp tylko do tego, co tu zaznaczysz, a każde użycie jest zapisywane. Decyzja dotyczy dokładnie tego pakietu.
approve-adds = Co dodaje do panelu
approve-adds-pages = Strony
approve-adds-tabs = Karty klienta
approve-adds-permissions = Uprawnienia
approve-adds-schedules = Harmonogramy
approve-adds-webhooks = Webhooki
approve-adds-nothing = Nie dodaje stron, kart, harmonogramów ani webhooków.
approve-budget = Limity, o które prosi
approve-budget-default = Domyślne limity panelu.
approve-later = Zdecyduj później
approve-save = Tylko zapisz
approve-activate = Zatwierdź i aktywuj
approve-update = Zatwierdź i zaktualizuj
permissions-title = Przyznane i używane
permissions-text = Odbierz to, czego nie potrzebuje; zmiana działa od następnego wywołania.
permissions-save = Zapisz uprawnienia
risk-high-title = Przyjrzyj się uważnie
risk-high-text = Może kosztować lub sięgać daleko.
risk-medium-title = Zwykłe w jego pracy
risk-medium-text = Łączy się z systemem lub czyta dane.
risk-low-title = Nieszkodliwe
risk-low-text = Nie wychodzi poza własny kąt.
grant-new = Nowe
grant-yes = Przyznano
grant-no = Nie przyznano
grant-used = { $count ->
    [0] nigdy nieużyte
    [one] użyte raz
   *[other] użyte { $count } razy
}
unused-title = Nieużywane
unused-text = Przyznane co najmniej { $days } dni temu i od tego czasu nieużyte. Odebrane można przyznać ponownie.
unused-never = Nigdy
unused-take = Odbierz
denied-title = Odrzucone wywołania
denied-text = Co moduł próbował zrobić, a nie było mu wolno.
denied-call = Odrzucone wywołanie
denied-granted = Przyznane później
denied-approve = Sprawdź i przyznaj
denied-author = Musi o to poprosić autor modułu

# Ustawienia modułu.
settings-title = Ustawienia
settings-text = Z manifestu modułu, sprawdzane przed zapisaniem.
settings-none = Ten moduł nie ma ustawień.
settings-test = Sprawdź połączenie
settings-test-ok = Połączenie działa
settings-test-failed = Połączenie nie działa
settings-webhooks = Webhooki
settings-webhooks-text = Pod tym adresem dostawca wywołuje panel. Wpisz go u dostawcy, chyba że moduł podaje go sam.
settings-secrets-title = Sekrety zostają tutaj
settings-secrets = Są szyfrowane, nigdy nie wracają do przeglądarki i trafiają tylko do hostów, na które pozwolono.

# Wywołania.
calls-empty = Nie ma jeszcze wywołań
calls-empty-text = Za każdym razem, gdy panel wchodzi do modułu, pojawia się tu wywołanie i wszystko, o co moduł poprosił hosta.
calls-duration = Czas trwania
calls-slower-than = { $ms } ms lub dłużej
calls-denied = Odmowy
calls-with-denied = Z odrzuconymi wywołaniami hosta
calls-count-denied = { $count ->
    [one] jedno odrzucone
    [few] { $count } odrzucone
   *[other] { $count } odrzuconych
}
call-bundle = Pobierz dla autora
call-bundle-text = Wszystko, co wiadomo o tym wywołaniu, bez tajemnic, w jednym pliku
call-bundle-personal = Plik dla autora nie zawiera tajemnic, ale zawiera to, z czym wywołano moduł: nazwiska, adresy i wszystko, co wpisali klienci. Wysyłaj go tylko autorowi modułu.
call-denied-title = { $count ->
    [one] Jedno wywołanie hosta odrzucono
    [few] Odrzucono { $count } wywołania hosta
   *[other] Odrzucono { $count } wywołań hosta
}
call-denied-text = Oś czasu nazywa to, czego brakowało. Zdecyduj o tym w zakładce
call-message = Jak się skończyło
call-timeline = Wywołania hosta
call-timeline-text = O co moduł prosił panel, po kolei, na tle czasu całego wywołania.
call-host-function = Funkcja
call-took = Trwało
call-fall = W ciągu { $total }
call-fall-step = Początek po { $at }, trwało { $took }
call-omitted = { $count ->
    [one] Jeszcze jedno wywołanie hosta policzono, ale nie zachowano.
    [few] Jeszcze { $count } wywołania hosta policzono, ale nie zachowano.
   *[other] Jeszcze { $count } wywołań hosta policzono, ale nie zachowano.
}
call-quiet = Bez wywołań hosta
call-quiet-text = Modułowi wystarczyło to, co dostał.
call-logged = Co zapisał w dzienniku
call-about = To wywołanie

# Dziennik.
log-lede = Co moduły mówią o swojej pracy. Sekrety są usuwane przed zapisaniem.
log-empty = Dziennik jest pusty
log-empty-text = Wpisy pojawiają się, gdy moduły pracują: każde żądanie do dostawcy i odpowiedź.
log-whole = Pokaż cały dziennik
log-request = Żądanie
log-response = Odpowiedź
log-no-detail = Ten wpis nie ma szczegółów.
log-call = Oś czasu wywołania

# Zadania.
tasks-lede = Praca, którą moduły wykonują w tle, z ponawianiem.
tasks-retry-failed = { $count ->
    [one] Ponów nieudane zadanie
    [few] Ponów { $count } nieudane zadania
   *[other] Ponów { $count } nieudanych zadań
}
tasks-empty = Nie ma jeszcze zadań
tasks-empty-text = Tworzenie, zawieszanie i kończenie usługi to zadania, więc przetrwają restart i można je ponowić.
task-cancel = Anuluj zadanie
task-cancel-title = Anulować { $method }?
task-cancel-text = Nie zaczęło się i się nie wykona. Usługa zachowa swój stan.
task-error = Dlaczego się nie powiodło
task-try = Próba { $attempt } z { $tries }
task-running = W trakcie
task-waiting = Czeka na swoją kolej
task-done = Wykonane
task-log-text = Co moduł mówił w trakcie pracy.
task-log-empty = Na razie nic nie zapisał.
task-payload = Dane wejściowe
task-result = Wynik
task-about = To zadanie
task-queue = Kolejka
task-tags = Znaczniki
task-actor = Zlecił
task-started = Początek
task-finished = Koniec
task-run-at = Nie wcześniej niż
task-limits = Ponawianie
task-limits-text = { $tries ->
    [one] jedna próba, najwyżej { $timeout } s
    [few] { $tries } próby co { $backoff } s i rzadziej, każda najwyżej { $timeout } s
   *[other] { $tries } prób co { $backoff } s i rzadziej, każda najwyżej { $timeout } s
}
task-worker = Wykonawca

# Usługi.
services-lede = Co mają klienci i jaki jest tego stan u dostawcy.
services-new = Nowa usługa
services-new-lede = Zamówienia tworzą usługi same; tutaj tworzy się ją ręcznie.
services-new-step-who = Kto i co
services-new-step-what = Co moduł musi wiedzieć
services-new-change = Zmień
services-new-create = Zapisz i utwórz
services-new-save = Tylko zapisz
services-new-no-fields = Moduł o nic więcej nie pyta.
services-new-missing = Usługa potrzebuje klienta i produktu
services-empty = Nie ma jeszcze usług
services-empty-text = Usługa to produkt, który ma klient: strefa, serwer, konto.
service-verbs = U dostawcy
service-verbs-text = Każde działanie to zadanie; stan zmienia się, gdy się zakończy.
service-about = Ta usługa
service-secret = zapisane, niewidoczne
service-timeline = Oś czasu
service-no-tasks = Nad tą usługą nie pracowało jeszcze żadne zadanie.
service-no-log = Moduł nie zapisał jeszcze nic o tej usłudze.
service-failed-title = Ostatnie zadanie nie powiodło się
service-failed-unknown = Moduł nie podał przyczyny.
service-failed-task = Otwórz zadanie
service-working = Trwa { $method }
service-working-any = Trwa zadanie
service-action-title = { $name }?
service-delete = Usuń z panelu
service-delete-title = Usunąć { $label } z panelu?
service-delete-text = Wpis, oś czasu i odnośniki do dziennika zostaną wymazane. U dostawcy nic się nie dzieje. Tego nie można cofnąć.
verb-unfit = Niemożliwe, gdy stan to „{ $status }”
verb-terminate-title = Zakończyć { $label }?
verb-terminate-text = { $module } usunie { $label } u dostawcy wraz ze wszystkim, co tam jest. Tego nie można cofnąć.
verb-suspend-title = Zawiesić { $label }?
verb-suspend-text = { $client } nie będzie mógł z niej korzystać. Dane zostają, a usługę można wznowić w każdej chwili.
verb-change-text = Teraz to { $product }. Moduł ją przeniesie; klient zachowa dane.
verb-change-to = Nowy produkt

# Klienci.
clients-lede = Osoby i firmy, które mają tu usługi.
clients-new = Nowy klient
clients-edit = Edycja: { $name }
clients-empty = Nie ma jeszcze klientów
clients-empty-text = Klient ma usługi i loguje się do strefy klienta.
clients-password-new = Zostaw puste, jeśli klient się nie loguje.
clients-password-keep = Zostaw puste, aby zachować hasło.
clients-delete = Usuń klienta
clients-delete-title = Usunąć { $name }?
clients-delete-text = Konto i możliwość logowania zostaną wymazane. Tego nie można cofnąć.
client-about = Ten klient
client-login = Może się logować
client-login-no = Nie ma hasła
client-none = Brak usług
client-none-text = Ten klient nie ma jeszcze usługi.

# Produkty.
products-lede = Co mogą mieć klienci i który moduł to dostarcza.
products-new = Nowy produkt
products-new-lede = Co go zapewnia, jak się nazywa i co sprzedaje; cena jest następna.
products-new-step-module = Moduł
products-new-step-what = Produkt
products-new-change = Zmień moduł
products-new-create = Utwórz produkt
products-services = { $count ->
    [0] Żadna usługa go nie używa.
    [one] Używa go jedna usługa.
    [few] Używają go { $count } usługi.
   *[other] Używa go { $count } usług.
}
products-hidden = Ukryty
products-hidden-help = Klienci go nie widzą; istniejące usługi pozostają.
products-no-limit = Bez limitu
products-empty = Nie ma jeszcze produktów
products-empty-text = Produkt to coś, co zamawia klient: plan modułu z ceną.
products-no-module = Nie ma aktywnego modułu produktów
products-no-module-text = Produkt dostarcza moduł. Najpierw zainstaluj i aktywuj jeden.
products-slug-help = Część adresu: małe litery, cyfry i łączniki.
products-module-help = Później nie można go zmienić.
products-module-none = Moduł o nic nie pyta w sprawie produktu.
products-stock-help = Ile jeszcze można zamówić. Puste oznacza brak limitu.
products-price-help = Za miesiąc, na przykład 12.50. Zero oznacza bezpłatny.
products-delete-title = Usunąć { $name }?
products-delete-text = Produkt i jego ceny zostaną wymazane. Tego nie można cofnąć.
