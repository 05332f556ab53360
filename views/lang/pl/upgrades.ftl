# Updates, canaries, and modules that go.
difference = Różnica
difference-title = { $title } { $version }: różnica
difference-lede = W porównaniu z { $serving }, która działa. { $version } jest zainstalowana i czeka.
difference-first = Nic jeszcze nie działa, więc wszystko, o co prosi, jest nowe.
difference-more = Prosi o więcej
difference-less = Już nie prosi o
difference-same = Prosi jak dotąd o
difference-none = Nic.
difference-limits = Zmienione limity
difference-parts = Co wnosi, a co znika
difference-new = nowe
difference-gone = znika
part-page = Strona
part-api = Ścieżka API
part-tab = Karta klienta
part-action = Akcja klienta
part-permission = Uprawnienie
part-schedule = Harmonogram
part-secret = Tajne ustawienie
canary-title = Najpierw na części wywołań
canary-text = Obsługuje tę część wywołań obok działającej wersji i sama ustępuje, gdy zbyt wiele z nich zawiedzie.
canary-share = Część wywołań
canary-share-help = Usługa pozostaje przy jednej wersji.
canary-most = Ile wywołań może zawieść
canary-least = Wywołań przed oceną
canary-least-help = Mniej mówi zbyt mało.
canary-begin = Rozpocznij
canary-runs = { $version } obsługuje { $share } % wywołań{ $services ->
    [0] {""}
    [one] {" "}i jedną wybraną usługę
    [few] {" "}i { $services } wybrane usługi
   *[other] {" "}i { $services } wybranych usług
}
canary-counted = Zawiodło { $failed } z { $calls } wywołań. Ustąpi powyżej { $most } %, gdy będzie ich { $least }.
canary-promote = Niech obsługuje wszystko
canary-ended = Próba wersji { $version } skończona: { $verdict }.
leaving-active = Moduł działa. Wyłącz go, zanim go usuniesz.
leaving-export = Zabierz jego dane
leaving-export-text = Jedno archiwum: ustawienia bez tajnych wartości, opis tabel i ich wiersze jako JSON Lines.
leaving-download = Pobierz
leaving-delete = Usuń, zachowaj tabele
leaving-delete-text = Wszystkie zainstalowane wersje, ustawienia, tajne wartości i zgody zostaną usunięte. Tabele zostają na wypadek powrotu.
leaving-erase = Usuń i wymaż wszystko
leaving-erase-text = Także tabele, ustawienia, tajne wartości, pamięć podręczna, zadania, webhooki i dziennik. Płatności i dziennik audytu zostają. Tego nie można cofnąć.
leaving-name = Wpisz { $name }, aby wymazać
trial-title = Jego własne scenariusze, odegrane ponownie
trial-text = Dwa razy oraz z dostawcą, który nie działa, zwleka, jest zepsuty, przeciążony albo przerywa. Nic nie opuszcza tej maszyny.
trial-running = Są odgrywane
trial-failed = Nie dało się ich odegrać:
trial-nothing = Pakiet nie ma scenariusza, który dałoby się odegrać.
trial-score = { $passed } z { $tried } przebiegło jak należy
trial-begin = Odegraj
trial-again = Odegraj ponownie
done-trial = Scenariusze są odgrywane.
